"""A companion guide with one folder pair, for tests of what a guide may say of one."""

from __future__ import annotations

from pathlib import Path

from priorwire.payers import load_profile
from priorwire.payers.profile import ChannelKind, Endpoint


def batch_guide(*, endpoint: str = "", folders: str = "", more: str = "") -> str:
    """Its text: lines of the endpoint and of the folder pair, and tables after them."""
    return f"""
id = "example"
name = "Example"
source = "Example manual"
edition = "1"

[identity]
name = "EXAMPLE"
identifier = "EX01"

[[routes]]
id = "batch"
channel = "directory"
transactions = ["authorization"]
[routes.endpoint]
environment = "test"
url = "file:///var/spool/example"
{endpoint}
[routes.endpoint.x12]
sender = "GATEWAY"
receiver = "EXAMPLE"
group_sender = "GATEWAY"
group_receiver = "EXAMPLE"
trace_assigner = "9GATEWAY00"
[routes.endpoint.folders]
{folders}
{more}
"""


def endpoint_of(tmp_path: Path, text: str) -> Endpoint:
    """The endpoint of the only route of a guide with this text. Raises GuideError."""
    folder = tmp_path / "example"
    folder.mkdir(exist_ok=True)
    (folder / "guide.toml").write_text(text, encoding="utf-8")
    (route,) = load_profile(folder, {}).routes
    assert route.channel is ChannelKind.DIRECTORY
    return route.endpoint
