"""No secret is in anything that podwright prints, writes or stores, however a run ends."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from xml.sax.saxutils import escape

import pytest
import trustme
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from podwright.cli import main
from podwright.workspace.author import write_workspace
from tests.hostile.secrets import SECRETS, files, found_in, leaks, spellings
from tests.support.answers import ask, serving
from tests.support.mailserver import Mailbox, running_mailserver
from tests.support.recorder import Recorder, running_recorder
from tests.support.strange import BUCKET, Server, free_port, running_moto

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
PATIENCE = 120
SIGNED = f"X-Amz-Credential={SECRETS['access key']}&X-Amz-Signature={SECRETS['signature']}"

TABLES = """
[after]
webhook = "$HOOK"
webhook_secret = "$KEY"
verify = false

[after.podping]
token = "$PODPING_TOKEN"
url = "{url}/podping"

[[after.purge]]
method = "POST"
address = "$PURGE_URL"
headers = {{Authorization = "Bearer $PURGE_TOKEN"}}
files = "files"

[unattended]
healthcheck = "$CHECK"
webhook = "$HOOK"
webhook_secret = "$KEY"

[unattended.mail]
to = ["ops@example.org"]
sender = "podwright@example.org"
server = "localhost"
port = {port}
security = "starttls"
user = "$MAIL_USER"
password = "$MAIL_PASSWORD"
"""


@dataclass
class Stage:
    """A workspace, everybody whom its runs tell, and what was printed so far."""

    root: Path
    recorder: Recorder
    mailbox: Mailbox
    environment: dict[str, str]
    printed: dict[str, bytes] = field(default_factory=dict)

    def run(self, *arguments: str, broken: str = "-", **changes: str | None) -> subprocess.CompletedProcess[bytes]:
        """Run podwright with all secrets in its environment; a change of None takes a variable away."""
        environment = {name: value for name, value in (self.environment | changes).items() if value is not None}
        development = ["-X", "dev", "-W", "ignore"] if broken != "-" else []
        done = subprocess.run(
            [sys.executable, *development, "-m", "tests.hostile.broken", broken, "-C", str(self.root), *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            timeout=PATIENCE,
        )
        name = f"{len(self.printed)}: {' '.join(arguments)} {broken}"
        self.printed[name] = b"stdout:\n" + done.stdout + b"\nstderr:\n" + done.stderr
        return done

    def ask(self, *arguments: str) -> Result:
        """The same in this process, for what is refused before anything is read or asked."""
        done = CliRunner().invoke(main, ["-C", str(self.root), *arguments], env=self.environment)
        assert not isinstance(done.exception, Exception)
        self.printed[f"{len(self.printed)}: {' '.join(arguments[:1])}"] = done.output.encode()
        return done

    def watched(self, command: str, *, broken: str = "-", **changes: str | None) -> subprocess.CompletedProcess[bytes]:
        """A run that writes a log, metrics and both kinds of report."""
        base = self.root.parent
        kinds = ["--log", str(base / "log.jsonl"), "--metrics", str(base / "podwright.prom")]
        first = self.run(command, *kinds, "--report", str(base / "report.md"), broken=broken, **changes)
        if broken != "-":
            return first
        return self.run(command, *kinds, "--report", str(base / "report.json"), "--json", **changes)

    def check(self, more: Mapping[str, bytes] | None = None) -> None:
        """Nothing that was printed, written or told holds a secret."""
        told = {f"told: {one.method} {number}": one.body for number, one in enumerate(self.recorder.sent)}
        letters = {f"letter {number}": one.get_content().encode() for number, one in enumerate(self.mailbox.letters)}
        written = files(self.root.parent)
        assert len(written) > 5
        assert leaks({**self.printed, **told, **letters, **written, **(more or {})}) == {}

    @property
    def last(self) -> str:
        return list(self.printed.values())[-1].decode()


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_moto(tmp_path_factory.mktemp("moto")) as server:
        yield server


@pytest.fixture
def stage(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    root = tmp_path / "show"
    write_workspace(root, title="Garden", guid="g-1", now=NOW, public_url="https://cdn.example.org/")
    feed = root / "feeds/garden.toml"
    feed.write_text(f"podping = true\n{feed.read_text()}")
    home = tmp_path_factory.mktemp("home")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(home / "ca.pem")
    with running_recorder() as recorder, running_mailserver("starttls", authority) as mailbox:
        settings = root / "podwright.toml"
        settings.write_text(settings.read_text() + TABLES.format(url=recorder.url, port=mailbox.port))
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "SSL_CERT_FILE": str(home / "ca.pem"),
            "AWS_ACCESS_KEY_ID": SECRETS["access key"],
            "AWS_SECRET_ACCESS_KEY": SECRETS["secret key"],
            "AWS_SESSION_TOKEN": SECRETS["session token"],
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "CHECK": f"{recorder.url}/{SECRETS['health check']}",
            "HOOK": f"{recorder.url}/{quote(SECRETS['webhook'])}",
            "KEY": SECRETS["key of the webhook"],
            "PODPING_TOKEN": SECRETS["podping"],
            "PURGE_URL": f"{recorder.url}/{SECRETS['purge address']}/purge",
            "PURGE_TOKEN": SECRETS["purge token"],
            "MAIL_USER": SECRETS["user of the mail server"],
            "MAIL_PASSWORD": SECRETS["password of the mail server"],
        }
        yield Stage(root, recorder, mailbox, environment)


def at(endpoint_url: str, prefix: str = "") -> dict[str, str | None]:
    """The environment of a publish to a bucket."""
    return {"PODWRIGHT_STORAGE": f"s3://{BUCKET}{prefix}", "PODWRIGHT_ENDPOINT_URL": endpoint_url}


# The search itself


@pytest.mark.parametrize("name", sorted(SECRETS))
@pytest.mark.parametrize(
    "spell",
    [
        str,
        lambda text: quote(text, safe=""),
        lambda text: re.sub("%..", lambda one: one[0].lower(), quote(text, safe="")),
        json.dumps,
        lambda text: f"<a>{escape(text)}</a>",
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.b64encode(f"user:{text}@host".encode()).decode(),
        lambda text: base64.urlsafe_b64encode(f"u:{text}".encode()).decode(),
        lambda text: base64.b64encode(f"?token={quote(text, safe='')}&b".encode()).decode(),
        lambda text: text.encode().hex(),
    ],
)
def test_a_secret_is_found_in_whatever_spelling(name: str, spell: Callable[[str], str]) -> None:
    assert list(found_in(f"before {spell(SECRETS[name])} after".encode())) == [name]
    assert all(len(one) >= 18 for one in spellings(SECRETS[name]))


# Runs that succeed


def test_a_publish_that_tells_everybody_keeps_all_secrets(stage: Stage, moto: Server) -> None:
    place = at(moto.endpoint_url, "/told")
    assert stage.watched("publish", **place).returncode == 0, stage.last
    for command in (["plan", "--json"], ["rebuild"], ["status"], ["history"], ["prune"], ["doctor", "--json"]):
        stage.run(*command, **place)
    paths = " ".join(one.target for one in stage.recorder.sent)
    for told in ("health check", "purge address"):
        assert SECRETS[told] in paths
    assert quote(SECRETS["webhook"]) in paths
    assert SECRETS["podping"] in {one.headers.get("authorization") for one in stage.recorder.sent}
    client = moto.client()
    stored = {}
    for row in client.list_objects_v2(Bucket=BUCKET)["Contents"]:
        found = client.get_object(Bucket=BUCKET, Key=row["Key"])
        stored[row["Key"]] = f"{row['Key']} {found['ResponseMetadata']['HTTPHeaders']}".encode() + found["Body"].read()
    assert len(stored) > 20
    stage.check(stored)


def test_a_folder_holds_no_secret(stage: Stage) -> None:
    assert stage.watched("publish").returncode == 0, stage.last
    assert (stage.root / "public/garden.xml").exists()
    stage.check()


# Runs that fail


@dataclass
class Echo:
    """A server that refuses every request, and says all that it was asked. code: what it calls that."""

    url: str
    code: str = "SignatureDoesNotMatch"
    asked: list[str] = field(default_factory=list)


class _Echoing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Echo

    def _any(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        said = f"{self.command} {self.path}\n{self.headers}\n{sent[:1000]!r}"
        self.state.asked.append(said)
        body = f"<Error><Code>{escape(self.state.code)}</Code><Message>{escape(said)}</Message></Error>".encode()
        self.send_response(403)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _any  # noqa: N815 - names of the base class

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echoing)
    _Echoing.state = Echo(f"http://127.0.0.1:{server.server_port}")
    with serving(server):
        yield _Echoing.state


@pytest.mark.parametrize("code", ["SignatureDoesNotMatch", SECRETS["session token"], SECRETS["access key"]])
def test_a_store_that_refuses_and_says_what_it_was_asked_is_not_repeated(stage: Stage, echo: Echo, code: str) -> None:
    echo.code = code
    assert stage.watched("publish", **at(echo.url)).returncode == 4
    assert "the store refuses" in stage.last
    assert any(SECRETS["session token"] in one for one in echo.asked)
    for command in ("doctor", "verify", "history") if code == "SignatureDoesNotMatch" else ():
        assert stage.run(command, **at(echo.url)).returncode == 4
    assert stage.mailbox.letters == []
    assert "the server refuses the login (535)" in stage.printed[next(iter(stage.printed))].decode()
    stage.check()


def test_recipients_that_refuse_are_told_of_without_their_secrets(stage: Stage, moto: Server) -> None:
    stage.recorder.script = [403]
    place = at(moto.endpoint_url, "/refusing")
    assert stage.watched("publish", **place).returncode == 0, stage.last
    assert b"correct the token" in b"".join(stage.printed.values())
    stage.recorder.script = ["reset"]
    (stage.root / "podwright.toml").write_text("title = ")
    assert stage.watched("rebuild", **place).returncode == 1
    assert b"breaks the connection" in b"".join(stage.printed.values())
    stage.check()


def test_a_cdn_that_refuses_and_says_what_it_was_asked_is_not_repeated(stage: Stage, echo: Echo) -> None:
    settings = stage.root / "podwright.toml"
    before = settings.read_text() + '\n[after.cloudfront]\ndistribution = "E2QWRUHAPOMQZL"\n'
    for code in ("AccessDenied", SECRETS["session token"]):
        echo.code = code
        settings.write_text(before.replace('title = "Garden"', f'title = "Garden {len(code)}"'))
        assert stage.run("publish", AWS_ENDPOINT_URL_CLOUDFRONT=echo.url).returncode == 0, stage.last
    assert any(SECRETS["session token"] in one for one in echo.asked)
    stage.check()


def profile(stage: Stage, text: str) -> dict[str, str | None]:
    """The environment of a run whose credentials lie in a file alone."""
    path = Path(stage.environment["HOME"], "credentials")
    path.write_text(text)
    gone = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"))
    return {**gone, "AWS_SHARED_CREDENTIALS_FILE": str(path), "AWS_PROFILE": "seeded"}


KEYS = f"""aws_access_key_id = {SECRETS["access key of the profile"]}
aws_secret_access_key = {SECRETS["secret key of the profile"]}
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"[seeded]\n{KEYS}", "the store refuses"),
        (f"[seeded]\n{KEYS.partition(chr(10))[0]}\n", "the credentials are incomplete"),
        (f"[other]\n{KEYS}", "names no profile"),
        (f"[seeded]\n{KEYS}{SECRETS['secret key of the profile']}\n[[\n", "the request could not be made"),
    ],
)
def test_a_file_of_credentials_is_not_repeated(stage: Stage, echo: Echo, text: str, said: str) -> None:
    assert stage.watched("publish", **at(echo.url), **profile(stage, text)).returncode == 4
    assert said in stage.last
    stage.check()


def with_password(url: str, secret: str) -> str:
    return url.replace("://", f"://user:{quote(SECRETS[secret], safe='')}@")


def test_an_endpoint_that_holds_a_password_is_not_repeated(stage: Stage, echo: Echo) -> None:
    closed = f"http://127.0.0.1:{free_port()}"
    clear = f"http://user:{SECRETS['password of the endpoint']}@127.0.0.1"
    bare = f"user:{SECRETS['password of the endpoint']}@127.0.0.1"
    for url in (echo.url, closed, f"{closed}/[", "http://["):
        told = with_password(url, "password of the endpoint")
        stage.run("publish", PODWRIGHT_STORAGE=f"s3://{BUCKET}", AWS_ENDPOINT_URL=told)
        assert b"Traceback" not in list(stage.printed.values())[-1]
    stage.run("verify", PODWRIGHT_STORAGE=f"s3://{BUCKET}", AWS_ENDPOINT_URL_S3=told)
    for url in (with_password(closed, "password of the endpoint"), clear, bare, f"http:/{bare}", f"//{bare}"):
        for option in ("--endpoint-url", "--public-url", "--storage"):
            address = url.replace("http:", "s3:") if option == "--storage" else url
            assert "holds a user name or password" in stage.ask(option, address, "plan").output, (option, address)
    settings = stage.root / "podwright.toml"
    before = settings.read_text()
    settings.write_text(before.replace("[storage]", f'[storage]\nendpoint_url = "{clear}"'))
    assert "holds a user name or password" in stage.ask("check").output
    settings.write_text(before)
    stage.check()


def test_a_proxy_with_a_password_is_not_repeated(stage: Stage) -> None:
    proxy = with_password(f"http://127.0.0.1:{free_port()}", "password of the proxy")
    for name in ("HTTPS_PROXY", "https_proxy"):
        place = at("https://s3.invalid")
        assert stage.run("publish", **place, **{name: proxy}).returncode == 4
        assert "the proxy cannot be reached" in stage.last
    stage.check()


IN_A_NOTICE = ("podwright.core.http:Client.observe", "podwright.core.recipients:EnvText.fill", "smtplib:SMTP.login")


@pytest.mark.parametrize(
    "broken",
    [
        "podwright.stores.s3.store:S3Store.put",
        "podwright.stores.s3.bucket:_open_client",
        "botocore.auth:S3SigV4Auth.add_auth",
        "botocore.httpsession:URLLib3Session.send",
        "podwright.operations.unattended:observe_unattended",
        "podwright.publishing.plan:build_plan",
        *IN_A_NOTICE,
    ],
)
def test_a_crash_shows_no_secret(stage: Stage, moto: Server, broken: str) -> None:
    place = at(moto.endpoint_url, f"/{broken.replace(':', '-')}")
    if broken == "smtplib:SMTP.login":
        place["PODWRIGHT_STORAGE"] = "s3://absent"
    stage.watched("publish", broken=broken, **place)
    said = "failed inside podwright (RuntimeError)" if broken in IN_A_NOTICE else "RuntimeError: broken on purpose"
    assert said in "".join(one.decode() for one in stage.printed.values())
    stage.check()


def test_what_is_written_where_the_name_of_a_variable_belongs_is_not_repeated(stage: Stage) -> None:
    settings = stage.root / "podwright.toml"
    before = settings.read_text()
    spoilt = {
        '"$CHECK"': f'"https://hc.example.org/{SECRETS["health check"]}"',
        '"$PODPING_TOKEN"': f'"{SECRETS["podping"]}"',
        '"Bearer $PURGE_TOKEN"': f'"Bearer {SECRETS["purge token"]}"',
        '"$MAIL_PASSWORD"': f'"{SECRETS["password of the mail server"]}"',
        '"$MAIL_USER"': f'"{SECRETS["user of the mail server"]}"',
    }
    for name, secret in spoilt.items():
        settings.write_text(before.replace(name, secret))
        for command in (["check"], ["publish", "--json", "--log", str(stage.root.parent / "log.jsonl")]):
            assert "put it into a variable" in stage.ask(*command).output
    settings.write_text(before)
    stage.check()


#: How something secret gets into an address, or in place of one; {} stands for it.
_FORMS = (
    "{}",
    "https://x.example.org/?token={}",
    "https://x.example.org/?{}",
    "https://x.example.org/#{}",
    "https://x.example.org/a b?token={}",
    "x.example.org/?{}",
    "https://user:{}@x.example.org/",
    "user:{}@x.example.org",
    "s3://key:{}@bucket",
    "s3://key:{}/bucket",
    "s3://{}",
    "s3://bucket/a?key={}",
    "file:..?{}",
    "Authorization: Bearer {}",
)
#: Short ones and such as no rule would know; none is met in a message by chance.
_KEPT = ("hunter2", "Tr0ub4dor&3", SECRETS["secret key"], SECRETS["health check"], SECRETS["purge token"])
_STORAGE = ("url", "private_url", "public_url", "endpoint_url", "region")
_OPTIONS = ("--storage", "--private-url", "--public-url", "--endpoint-url", "--region")
_VARIABLES = tuple(f"PODWRIGHT_{option[2:].replace('-', '_').upper()}" for option in _OPTIONS)
_RECIPIENTS = (
    *("after.webhook", "after.webhook_secret", "after.podping.token", "after.podping.url"),
    *(
        "after.purge.headers.Authorization",
        "after.purge.headers.KEY",
        "after.purge.method",
        "after.purge.files",
        "after.cloudfront.distribution",
    ),
    *("unattended.healthcheck", "unattended.webhook", "unattended.webhook_secret", "unattended.mail.to"),
    *("unattended.mail.sender", "unattended.mail.server", "unattended.mail.port", "unattended.mail.security"),
    *("unattended.mail.user", "unattended.mail.password"),
)
_USAGE = (
    *(
        "plan --now",
        "publish --deadline",
        "publish --jobs",
        "publish --accept",
        "publish --metrics",
        "check --audience",
    ),
    *("serve --port", "gateway --url", "members add Ada --feed garden --url", "doctor --policy", "prune --grace"),
)


#: A show that has every table in which something secret could stand.
_SHOW: dict[str, Any] = {
    "title": "Garden",
    "description": "Beans.",
    "link": "https://cdn.example.org/",
    "language": "en",
    "author": "Ada",
    "storage": {"public_url": "https://cdn.example.org/"},
    "after": {
        "webhook": "$HOOK",
        "podping": {"token": "$TOKEN"},
        "purge": [{"method": "post", "address": "$PURGE", "headers": {"Authorization": "Bearer $TOKEN"}, "files": "f"}],
        "cloudfront": {"distribution": "E2"},
    },
    "unattended": {
        "webhook": "$HOOK",
        "mail": {"to": ["a@example.org"], "sender": "a@example.org", "server": "a", "user": "$U", "password": "$P"},
    },
}


def toml(value: object) -> str:
    """A value in TOML, in one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)} = {toml(one)}' for key, one in value.items())}}}"
    return f"[{', '.join(map(toml, value))}]" if isinstance(value, list) else json.dumps(value)


def changed(table: Any, path: list[str], value: str) -> Any:
    """A table with a value at a path; the one item of a list is passed through."""
    if isinstance(table, list):
        return [changed(table[0], path, value)]
    if not path:
        return value
    if path == ["KEY"]:
        return {value: "$TOKEN"}
    return {**table, path[0]: changed(table.get(path[0], {}), path[1:], value)}


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("garden") / "show"
    write_workspace(root, title="Garden", guid="g-1", now=NOW, public_url="https://cdn.example.org/")
    return root


@given(
    place=st.sampled_from(
        [
            *(("podwright.toml", one) for one in (*(f"storage.{name}" for name in _STORAGE), *_RECIPIENTS)),
            *(("feeds/garden.toml", one) for one in ("hub", "new_feed_url", "link")),
            *(("variable", one) for one in _VARIABLES),
            *(("option", one) for one in _OPTIONS),
            *(("usage", one) for one in _USAGE),
        ]
    ),
    form=st.sampled_from(_FORMS),
    secret=st.sampled_from(_KEPT),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_secret_wherever_it_is_put_is_in_no_output(
    garden: Path, place: tuple[str, str], form: str, secret: str
) -> None:
    kind, name = place
    # What is no address at all is repeated where a feed should have one.
    assume(kind != "feeds/garden.toml" or re.search("[?#@]", form))
    value = form.replace("{}", secret)
    at_file = name.split(".") if kind == "podwright.toml" else []
    show = changed(_SHOW, at_file, value) if at_file else _SHOW
    (garden / "podwright.toml").write_text("".join(f"{key} = {toml(one)}\n" for key, one in show.items()))
    feed = f"{name} = {toml(value)}\n" if kind == "feeds/garden.toml" else ""
    (garden / "feeds/garden.toml").write_text(feed)
    arguments = {
        "option": [f"{name}={value}", "check"],
        "usage": [*name.split(), value],
    }.get(kind, ["check"])
    environment = {name: value} if kind == "variable" else None
    printed = {}
    for more in ([], ["--json"])[: 1 if kind == "usage" else 2]:
        done = CliRunner().invoke(main, ["-C", str(garden), *arguments, *more], env=environment)
        assert not isinstance(done.exception, Exception), done.exception
        printed[" ".join([*arguments, *more])] = done.output.encode()
    assert leaks(printed, {"it": secret}) == {}


# Members


def test_a_database_s_password_is_not_repeated(stage: Stage) -> None:
    secret = quote(SECRETS["password of the database"], safe="")
    for address in (
        f"postgresql+psycopg://user:{secret}@127.0.0.1:{free_port()}/members",
        f"mysql://user:{secret}@127.0.0.1/members",
        f"nosuch://user:{secret}@127.0.0.1",
        f"postgresql://user:{secret}@[",
        f"sqlite:///{stage.root.parent}/nowhere/{secret}.sqlite",
        SECRETS["password of the database"],
    ):
        assert "the members' database: " in stage.ask("members", "list", "--database", address).output
    stage.check()


@contextlib.contextmanager
def running(stage: Stage, **changes: str | None) -> Iterator[str]:
    """A gateway, and where it listens; what it says is printed."""
    environment = {name: value for name, value in (stage.environment | changes).items() if value is not None}
    command = [sys.executable, "-X", "dev", "-W", "ignore", "-m", "tests.hostile.broken", "-", "-C", str(stage.root)]
    options = [
        "--port",
        "0",
        "--url",
        "https://members.example.org/",
        "--audit",
        str(stage.root.parent / "audit.jsonl"),
    ]
    with subprocess.Popen(
        [*command, "gateway", *options], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            assert process.stderr
            said = process.stderr.readline()
            found = re.search(rb"listening on ([0-9.:]+)", said)
            assert found, said + process.stderr.read()
            yield found[1].decode()
        finally:
            process.terminate()
            stage.printed[f"{len(stage.printed)}: gateway"] = said + b"".join(process.communicate(timeout=PATIENCE))


def test_neither_a_member_s_token_nor_a_signature_is_kept_by_the_gateway(
    stage: Stage, moto: Server, echo: Echo
) -> None:
    place = at(moto.endpoint_url, "/members")
    assert stage.run("publish", **place).returncode == 0, stage.last
    added = stage.run("members", "add", "Ada", "--feed", "garden", "--url", "https://members.example.org/")
    # Its address is told once, on standard output.
    del stage.printed[list(stage.printed)[-1]]
    path = urlsplit(added.stdout.decode().strip()).path
    token = path.split("/")[2]
    with running(stage, **place) as gateway:
        assert ask(gateway, path)[0] == 200
        status, headers, _ = ask(gateway, f"/m/{token}/episodes/welcome/welcome.mp3")
        assert status == 302
        (signature,) = parse_qs(urlsplit(headers["Location"]).query)["X-Amz-Signature"]
        for odd in (
            f"/m/{token}/{path}",
            f"/m/{token}/nothing?{token}",
            f"/m/{token}x/a",
            f"/m/a/{token}",
            f"/{token}",
        ):
            assert ask(gateway, odd)[0] in (403, 404)
    with running(stage, **at(echo.url)) as gateway:
        assert ask(gateway, path)[0] == 503
    stage.run("members", "list", "--json")
    stage.run("members", "revoke", "Ada")
    stage.check()
    secrets = {"token": token, "signature": signature}
    assert (stage.root.parent / "audit.jsonl").read_text().count("\n") == 7
    assert leaks({**stage.printed, **files(stage.root.parent)}, secrets) == {}


def test_a_presigned_address_behind_a_redirect_is_told_without_its_signature(stage: Stage, recorder_url: str) -> None:
    assert stage.run("publish", PODWRIGHT_PUBLIC_URL=recorder_url).returncode == 0, stage.last
    for command in (["verify"], ["verify", "--json"], ["doctor"], ["doctor", "--json"]):
        stage.run(*command, PODWRIGHT_PUBLIC_URL=recorder_url)
        assert "redirects" in stage.last or "doctor" in command
    stage.check()


@pytest.fixture
def recorder_url() -> Iterator[str]:
    """A public address that redirects every request to a presigned one."""
    with running_recorder() as recorder:
        recorder.script = [(302, {"Location": f"{recorder.url}/elsewhere?{SIGNED}"})]
        yield f"{recorder.url}/"
