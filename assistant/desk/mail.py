"""Sending a digest by e-mail, as plain text with an HTML alternative."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from assistant.desk.delivery import MailServer
from assistant.desk.digest import Digest
from assistant.desk.webhook import DeliveryFailed

TIMEOUT = 20.0


def message(digest: Digest, sender: str, recipient: str) -> EmailMessage:
    """The mail for a digest."""
    mail = EmailMessage()
    mail["Subject"] = digest.subject
    mail["From"] = sender
    mail["To"] = recipient
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].strip("<> ") or None)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(digest.text)
    mail.add_alternative(digest.html, subtype="html")
    return mail


def send(mail: EmailMessage, server: MailServer) -> None:
    """Hand a mail to the server.

    Raises DeliveryFailed when the server cannot be reached, refuses the login or the mail. A
    password is never sent over a connection without TLS.
    """
    try:
        with _open(server) as connection:
            connection.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryFailed(f"the mail server did not take it: {error}") from error


def _open(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.tls:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=TIMEOUT, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    try:
        connection.ehlo()
        secured = server.tls
        if not secured and connection.has_extn("starttls"):
            connection.starttls(context=context)
            secured = True
        if server.user:
            if not secured:
                raise DeliveryFailed("the mail server offers no TLS; the password stays here")
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection
