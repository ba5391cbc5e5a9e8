"""Postfix's configuration for one test server. In: its folder and ports. Out: main.cf, master.cf and its tables by name."""

from pathlib import Path

from servers.ports import Ports

_MAIN = """
compatibility_level = 3.6
queue_directory = {root}/pf/spool
data_directory = {root}/pf/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.test
mydomain = example.test
mydestination =
virtual_alias_domains =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
virtual_mailbox_domains = example.test, dead.test
virtual_mailbox_maps = static:ok
virtual_transport = lmtp:inet:127.0.0.1:{ports.lmtp}
lmtp_destination_recipient_limit = 1
virtual_alias_maps = regexp:{root}/pf/etc/capture
smtpd_sasl_type = dovecot
smtpd_sasl_path = {root}/run/auth-postfix
smtpd_tls_cert_file = {root}/tls/server.pem
smtpd_tls_key_file = {root}/tls/server.key
smtpd_tls_security_level = may
smtpd_tls_loglevel = 0
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
message_size_limit = 104857600
smtpd_timeout = 300s
maillog_file = {root}/log/postfix.log
maillog_file_prefixes = {root}/log
biff = no
smtpd_peername_lookup = no
disable_dns_lookups = yes
faults = inline:{{ {{perm@fail.test = 550 5.1.1 no such user}} {{temp@fail.test = 451 4.3.0 try later}} }}
"""

# The port customers' mail comes in by plays the gateway that judges senders; the restriction at DATA runs once a mail.
_MASTER = """
127.0.0.1:{ports.smtp}  inet n - n - 100 smtpd
  -o local_header_rewrite_clients=
  -o {{ smtpd_data_restrictions = check_sender_access regexp:{root}/pf/etc/gateway }}
127.0.0.1:{ports.submission} inet n - n - 100 smtpd
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o {{ smtpd_recipient_restrictions = check_recipient_access $faults }}
127.0.0.1:{ports.smtps} inet n - n - 100 smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o {{ smtpd_recipient_restrictions = check_recipient_access $faults }}
pickup   unix n - n 60 1 pickup
cleanup  unix n - n - 0 cleanup
qmgr     unix n - n 300 1 qmgr
tlsmgr   unix - - n 1000? 1 tlsmgr
rewrite  unix - - n - - trivial-rewrite
bounce   unix - - n - 0 bounce
defer    unix - - n - 0 bounce
trace    unix - - n - 0 bounce
verify   unix - - n - 1 verify
flush    unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp     unix - - n - - smtp
lmtp     unix - - n - - lmtp flags=O
relay    unix - - n - - smtp
showq    unix n - n - - showq
error    unix - - n - - error
retry    unix - - n - - error
discard  unix - - n - - discard
anvil    unix - - n - 1 anvil
scache   unix - - n - 1 scache
postlog  unix-dgram n - n - 1 postlogd
"""

_CAPTURE = r"!/@(example|dead)\.test$/ capture@example.test" + "\n"

_STAMP = "PREPEND Authentication-Results: mx.example.test; "
_GATEWAY = rf"""
/@(unauth\..+)$/  {_STAMP}spf=fail smtp.mailfrom=$1; dmarc=fail header.from=$1
/@(.+)$/          {_STAMP}spf=pass smtp.mailfrom=$1; dmarc=pass header.from=$1
/^/               {_STAMP}spf=none; dmarc=none
"""


def configuration(root: Path, ports: Ports) -> dict[str, str]:
    return {
        "main.cf": _MAIN.format(root=root, ports=ports),
        "master.cf": _MASTER.format(root=root, ports=ports),
        "capture": _CAPTURE,
        "gateway": _GATEWAY,
    }
