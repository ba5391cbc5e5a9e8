"""The configuration: one TOML file in, one frozen `Config` out, or a `ConfigError` that names file, line and key.

loading    reading and validating the file
sections   the tables, their keys and defaults
secret     where secrets lie
problems   errors in plain words
"""

from inboxbot.config.loading import load, parse, with_rules
from inboxbot.config.secret import Secret, write_secret
from inboxbot.config.sections import (
    ACCOUNT_OWNER,
    LOOPBACK,
    AlertsSection,
    AnswersSection,
    CompanySection,
    Config,
    DocumentsSection,
    LedgerSection,
    LimitsSection,
    MailboxSection,
    OAuthSection,
    ReleaseSection,
    RuleSection,
    RuleThen,
    RuleWhen,
    SecuritySection,
    SendingSection,
    SmtpSection,
)

__all__ = [
    "ACCOUNT_OWNER",
    "LOOPBACK",
    "AlertsSection",
    "AnswersSection",
    "CompanySection",
    "Config",
    "DocumentsSection",
    "LedgerSection",
    "LimitsSection",
    "MailboxSection",
    "OAuthSection",
    "ReleaseSection",
    "RuleSection",
    "RuleThen",
    "RuleWhen",
    "Secret",
    "SecuritySection",
    "SendingSection",
    "SmtpSection",
    "load",
    "parse",
    "with_rules",
    "write_secret",
]
