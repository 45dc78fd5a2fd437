"""Storage addresses and what the environment puts over them."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

import pytest

from podwright.core.errors import WorkspaceError
from podwright.core.model import Overrides, Storage
from podwright.workspace.load import load_show
from podwright.workspace.scan import scan_workspace
from podwright.workspace.storage import load_folder, storage_url
from tests.workspace.conftest import SHOW, write_file

S3 = '{url = "s3://bucket/pod", public_url = "https://a.org/", endpoint_url = "https://s3.a.org", region = "auto"}'


def storage_of(root: Path, settings: str, overrides: Overrides) -> Storage:
    text = SHOW.replace('storage = {public_url = "https://cdn.example.org/"}', f"storage = {settings}")
    write_file(root, "podwright.toml", text)
    return load_show(scan_workspace(root), overrides).storage


@pytest.mark.parametrize(
    ("settings", "overrides", "expected"),
    [
        (
            '{public_url = "https://a.org"}',
            Overrides(),
            Storage(url="file:public", public_url="https://a.org/", folder=Path("public")),
        ),
        (
            S3,
            Overrides(),
            Storage(url="s3://bucket/pod", public_url="https://a.org/", endpoint_url="https://s3.a.org", region="auto"),
        ),
        (
            S3,
            Overrides(storage="file:preview/", public_url="http://localhost:8000"),
            Storage(url="file:preview", public_url="http://localhost:8000/", folder=Path("preview")),
        ),
        (
            '{public_url = "https://a.org"}',
            Overrides(storage="s3://other", endpoint_url="http://127.0.0.1:9000", region="eu-1"),
            Storage(url="s3://other", public_url="https://a.org/", endpoint_url="http://127.0.0.1:9000", region="eu-1"),
        ),
        (
            '{url = "file:episodes", public_url = "https://a.org"}',
            Overrides(storage="file:public"),
            Storage(url="file:public", public_url="https://a.org/", folder=Path("public")),
        ),
    ],
)
def test_the_environment_stands_over_the_file(
    root: Path, settings: str, overrides: Overrides, expected: Storage
) -> None:
    found = storage_of(root, settings, overrides)
    folder = root / expected.folder if expected.folder else None
    assert found == Storage(
        url=expected.url,
        public_url=expected.public_url,
        folder=folder,
        endpoint_url=expected.endpoint_url,
        region=expected.region,
    )


def test_wrong_variables_are_all_named(root: Path) -> None:
    overrides = Overrides(storage="file:..", public_url="x", endpoint_url="https://u:p@h/", region="a b")
    with pytest.raises(WorkspaceError) as caught:
        storage_of(root, S3, overrides)
    assert str(caught.value).splitlines() == [
        "workspace: PODWRIGHT_ENDPOINT_URL: holds a user name or password; take it out of the address",
        "workspace: PODWRIGHT_PUBLIC_URL: is not a web address; write one like https://example.org/page",
        "workspace: PODWRIGHT_REGION: is not a region; write one like us-east-1",
        "workspace: PODWRIGHT_STORAGE: '..' holds the workspace itself; choose a folder in it, like file:public",
    ]


@pytest.mark.parametrize(
    ("settings", "overrides", "private"),
    [
        ('url = "s3://shop/pod", private_url = "s3://vault/pod/"', Overrides(), "s3://vault/pod"),
        ('url = "s3://shop", private_url = "file:aside"', Overrides(), "file:aside"),
        ('url = "s3://shop/pod", private_url = "s3://shop/pod-aside"', Overrides(), "s3://shop/pod-aside"),
        ('private_url = "s3://vault"', Overrides(), "s3://vault"),
        ('private_url = "file:public/"', Overrides(), None),
        ('private_url = "file:./public"', Overrides(), None),
        ('url = "s3://shop"', Overrides(private_url="s3://vault"), "s3://vault"),
        ('private_url = "file:aside"', Overrides(storage="s3://other", private_url="s3://vault"), "s3://vault"),
        ('private_url = "file:aside"', Overrides(storage="file:other", private_url="file:other"), None),
    ],
)
def test_what_is_private_may_lie_in_another_place(
    root: Path, settings: str, overrides: Overrides, private: str | None
) -> None:
    more = 'public_url = "https://a.org", endpoint_url = "https://s3.a.org"'
    found = storage_of(root, f"{{{settings}, {more}}}", overrides)
    assert found.private_url == private
    assert found.private is None or found.private.folder == (root / "aside" if private == "file:aside" else None)
    if "s3://" in f"{found.url} {private}":
        assert found.endpoint_url == "https://s3.a.org"


@pytest.mark.parametrize(
    ("settings", "overrides", "message"),
    [
        ('private_url = "file:public/x"', Overrides(), "podwright.toml:*: lies inside url, or url inside it; *"),
        ('url = "file:a/b", private_url = "file:a"', Overrides(), "podwright.toml:*: lies inside url, or *"),
        ('url = "s3://one", private_url = "s3://one/b"', Overrides(), "podwright.toml:*: lies inside url, or *"),
        ('url = "s3://one/b", private_url = "s3://one"', Overrides(), "podwright.toml:*: lies inside url, or *"),
        (
            'private_url = "file:feeds"',
            Overrides(),
            "podwright.toml:*: 'feeds' is part of the workspace's own files; *",
        ),
        (
            'private_url = "s3://vault"',
            Overrides(storage="s3://other"),
            "workspace: PODWRIGHT_PRIVATE_URL: is missing, and the private_url of podwright.toml belongs to another *",
        ),
    ],
)
def test_a_private_side_that_is_not_apart_is_refused(
    root: Path, settings: str, overrides: Overrides, message: str
) -> None:
    with pytest.raises(WorkspaceError) as caught:
        storage_of(root, f'{{{settings}, public_url = "https://a.org"}}', overrides)
    assert fnmatch(str(caught.value), message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("public", "is not a storage address; write file:FOLDER or s3://bucket/prefix"),
        ("file:", "is not a storage address; write file:FOLDER or s3://bucket/prefix"),
        ("file://host/share", "is not a storage address; *"),
        ("gs://bucket", "is not a storage address; write file:FOLDER or s3://bucket/prefix"),
        ("s3://key:secret@bucket", "holds a user name or password; credentials come from the AWS chain, take them out"),
        (
            "s3://key:sec/ret@bucket",
            "holds a user name or password; credentials come from the AWS chain, take them out",
        ),
        ("s3://KEY:secret/bucket", "does not name a bucket; write 3 to 63 lower-case letters, digits, - and ."),
        ("https://bucket.s3.example.org/?secret", "is not a storage address; *"),
        ("s3://Bucket", "does not name a bucket; write 3 to 63 lower-case letters, digits, - and ."),
        ("s3://", "is not a storage address; write file:FOLDER or s3://bucket/prefix"),
        ("s3://bucket/a//b", "has what cannot be part of a prefix; use ASCII letters, digits, - and _"),
        ("s3://bucket/../b", "has what cannot be part of a prefix; use ASCII letters, digits, - and _"),
        ("s3://bucket/a?b", "has what cannot be part of a prefix; use ASCII letters, digits, - and _"),
    ],
)
def test_a_wrong_address_is_refused_without_repeating_secrets(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=";") as caught:
        storage_url(text)
    begin, star, _ = message.partition("*")
    assert str(caught.value) == message if not star else str(caught.value).startswith(begin)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (".", "'.' holds the workspace itself; choose a folder in it, like file:public"),
        ("/", "'/' holds the workspace itself; choose a folder in it, like file:public"),
        ("episodes", "'episodes' is part of the workspace's own files; choose a folder like file:public"),
        ("public/../feeds/x", "'public/../feeds/x' is part of the workspace's own files; *"),
        (".git/x", "'.git/x' is part of the workspace's own files; choose a folder like file:public"),
        ("link/x", "'link/x' is part of the workspace's own files; choose a folder like file:public"),
        ("../out", "'../out' leads out of the workspace; write the whole path if you mean it"),
    ],
)
def test_a_folder_around_or_inside_the_sources_is_refused(root: Path, name: str, message: str) -> None:
    (root / "link").symlink_to("episodes")
    with pytest.raises(ValueError, match=";") as caught:
        load_folder(f"file:{name}", root)
    begin, star, _ = message.partition("*")
    assert str(caught.value) == message if not star else str(caught.value).startswith(begin)


def test_an_absolute_folder_may_be_outside(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("www")
    assert load_folder(f"file:{outside}", root) == outside
    assert load_folder(f"file://{outside}", root) == outside
