"""Alarms: what a person must be told at once, by another way than the one that is broken.

conditions   what is the matter, from what the parts and the records show: a pure function
book         what is to be told, once each, with recovery: a pure function
ages         how long ago that was, by a clock that never jumps
pulses       when each part last did its work
notices      the words, for people
channels     mail over SMTP, and a webhook
watch        looks, tells, writes down
"""
