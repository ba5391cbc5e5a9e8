"""The tests' own servers: Dovecot and Postfix started by hand, and a scripted IMAP server that misbehaves on demand."""
