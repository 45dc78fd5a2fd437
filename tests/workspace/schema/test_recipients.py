"""Who is told of runs, as podwright.toml says it: what is secret may only be named there."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest

from podwright.core.recipients import After, EnvText, Mail, Podping, Purge, Unattended, after_from, unattended_from
from podwright.workspace.documents import parse_toml
from podwright.workspace.schema import validate
from podwright.workspace.schema.fields import Known
from podwright.workspace.schema.recipients import AfterTable, UnattendedTable

TOKEN = "8f14e45fceea167a5a36dedd4bea2543"
NO_MAIL = 'to = []\nsender = "b@example.org"\nserver = "smtp.example.org"\n'
MAIL = 'to = ["a@example.org"]\nsender = "b@example.org"\nserver = "smtp.example.org"\n'


def problems(text: str) -> list[str]:
    _, found = validate(UnattendedTable, parse_toml(text, name="podwright.toml"), known=Known())
    return [str(one) for one in found]


def read(text: str) -> Unattended:
    values, found = validate(UnattendedTable, parse_toml(text, name="podwright.toml"), known=Known())
    assert found == ()
    assert values is not None
    return unattended_from(values.model_dump(mode="json"))


def test_an_empty_table_tells_nobody() -> None:
    assert read("") == Unattended()


def test_all_that_can_be_said_is_read() -> None:
    text = f"""
healthcheck = "$CHECK_URL"
webhook = "https://example.org/hooks/podcast-alarms"
webhook_secret = "$KEY_1"
[mail]
{MAIL}
port = 2525
security = "TLS"
user = "$SMTP_USER"
password = "$SMTP_PASSWORD"
"""
    assert read(text) == Unattended(
        healthcheck=EnvText("$CHECK_URL"),
        webhook=EnvText("https://example.org/hooks/podcast-alarms"),
        webhook_secret=EnvText("$KEY_1"),
        mail=Mail(
            to=("a@example.org",),
            sender="b@example.org",
            server="smtp.example.org",
            port=2525,
            security="tls",
            user=EnvText("$SMTP_USER"),
            password=EnvText("$SMTP_PASSWORD"),
        ),
    )


@pytest.mark.parametrize("server", ["localhost", "127.0.0.1", "::1", "smtp-relay.example.org"])
def test_a_server_is_a_name_or_an_address(server: str) -> None:
    found = read(f"[mail]\n{MAIL.replace('smtp.example.org', server)}")
    assert found.mail
    assert (found.mail.server, found.mail.security, found.mail.port) == (server, "starttls", None)


@pytest.mark.parametrize(
    "address",
    [
        f"https://hc-ping.com/{TOKEN[:8]}-{TOKEN[8:12]}-{TOKEN[12:16]}-{TOKEN[16:20]}-{TOKEN[20:]}",
        f"https://example.org/hook?token={TOKEN}",
        "https://example.org/hook?a=b",
        "https://example.org/hook#a",
        f"https://example.org/services/{TOKEN}",
        f"https://hooks.example.org/services/T0AB/B0CD/{TOKEN[:24]}",
    ],
)
def test_an_address_with_a_secret_in_it_is_refused_and_not_repeated(address: str) -> None:
    (found,) = problems(f'webhook = "{address}"')
    assert found == (
        "podwright.toml:1: webhook: has something in it that looks secret; put it into a variable of the environment "
        'and write its name, like "$PODWRIGHT_TOKEN"'
    )


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        (f'webhook_secret = "{TOKEN}"', "webhook_secret", "is no name of a variable"),
        ('webhook = "$lower"', "webhook", "is no name of a variable"),
        (f'webhook = "htp://{TOKEN}"', "webhook", "is not a web address"),
        (f'webhook = "https://u:{TOKEN}@example.org/"', "webhook", "is not a web address"),
        ('webhook_secret = "$KEY"', "webhook_secret", "signs nothing; write webhook, too"),
        ("healthcheck = 5", "healthcheck", "is a number, not text"),
        (f"[mail]\n{MAIL}user = '$U'", "mail", "needs both user and password"),
        (f"[mail]\n{MAIL}user = '$U'\npassword = '{TOKEN}'", "mail.password", "is no name of a variable"),
        (f"[mail]\n{MAIL}user = '$U'\npassword = '$P'\nsecurity = 'none'", "mail.security", "for all to read"),
        (f"[mail]\n{MAIL}port = 70000", "mail.port", "70000 is not a port"),
        (f"[mail]\n{MAIL}security = 'ssl'", "mail.security", "is not a known value"),
        ("[mail]\n" + MAIL.replace("smtp.", "smtp:25/"), "mail.server", "is not a server's name"),
        (f"[mail]\n{NO_MAIL}", "mail.to", "is empty"),
        ("health_check = '$X'", "None", "unknown key 'health_check'; did you mean 'healthcheck'?"),
    ],
)
def test_what_is_wrong_is_named_with_its_field_and_without_a_secret(text: str, field: str, says: str) -> None:
    (found,) = problems(text)
    assert says in found
    assert f": {field}: " in found or field == "None"
    assert TOKEN not in found


def test_the_values_of_a_table_outlive_being_remembered() -> None:
    table: dict[str, Any] = tomllib.loads(f"webhook = '$W'\n[mail]\n{MAIL}")
    values = UnattendedTable.model_validate(table)
    row = values.model_dump(mode="json")
    assert unattended_from(json.loads(json.dumps(row))) == unattended_from(row)


def read_after(text: str) -> After:
    values, found = validate(AfterTable, parse_toml(text, name="podwright.toml"), known=Known())
    assert found == ()
    assert values is not None
    return after_from(values.model_dump(mode="json"), public_url="https://example.org/")


def test_nobody_is_told_of_changes_where_nothing_says_so() -> None:
    assert read_after("") == After()


def test_all_that_can_be_said_of_changes_is_read() -> None:
    text = """
webhook = "$HOOK"
webhook_secret = "$KEY"
podping = {token = "$PODPING"}
cloudfront = {distribution = "E2QWRUHAPOMQZL"}
[[purge]]
headers = {Fastly-Key = "$FASTLY"}
[[purge]]
method = "post"
address = "https://api.bunny.net/purge?url={url}"
[[purge]]
method = "POST"
address = "$CLOUDFLARE"
headers = {Authorization = "Bearer $TOKEN"}
files = "files"
"""
    assert read_after(text) == After(
        webhook=EnvText("$HOOK"),
        webhook_secret=EnvText("$KEY"),
        podping=Podping(url="https://podping.cloud/", token=EnvText("$PODPING")),
        cloudfront="E2QWRUHAPOMQZL",
        purges=(
            Purge(method="PURGE", address=EnvText("{url}"), headers=(("Fastly-Key", EnvText("$FASTLY")),)),
            Purge(method="POST", address=EnvText("https://api.bunny.net/purge?url={url}")),
            Purge(
                method="POST",
                address=EnvText("$CLOUDFLARE"),
                headers=(("Authorization", EnvText("Bearer $TOKEN")),),
                files="files",
            ),
        ),
        verify=True,
    )


@pytest.mark.parametrize(
    ("text", "verified"),
    [("", False), ("verify = true", True), ("[[purge]]", True), ("verify = false\n[[purge]]", False)],
)
def test_what_is_served_is_looked_at_where_a_cache_is_told_to_forget(text: str, verified: bool) -> None:
    assert read_after(text).verify is verified


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f'podping = {{token = "{TOKEN}"}}', "is no name of a variable"),
        (f'[[purge]]\nheaders = {{Fastly-Key = "{TOKEN}"}}', "is no name of a variable, as in `Bearer $TOKEN`"),
        (f'[[purge]]\nheaders = {{Authorization = "Bearer {TOKEN}"}}', "is no name of a variable"),
        ('[[purge]]\nheaders = {"a\\nb" = "$X"}', "has several lines"),
        ('[[purge]]\nheaders = {"a:b" = "$X"}', "is not the name of a header"),
        (f'[[purge]]\naddress = "https://a.org/p?key={TOKEN}&url={{url}}"', "may have no query but one like"),
        ('[[purge]]\naddress = "https://a.org/p"', "does not say which address to forget"),
        ('[[purge]]\naddress = "{url}"\nfiles = "files"', "names the addresses twice"),
        ('[[purge]]\nmethod = "GET"', "is not a known value"),
        ('cloudfront = {distribution = "a b"}', "is not a name"),
        ('webhook_secret = "$KEY"', "signs nothing"),
    ],
)
def test_what_is_wrong_with_those_to_tell_is_named_without_a_secret(text: str, says: str) -> None:
    _, (found,) = validate(AfterTable, parse_toml(text, name="podwright.toml"), known=Known())
    assert says in str(found)
    assert TOKEN not in str(found)
