"""Scopes of the platform room."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """`resource:action` or `resource:action.group`; no scope implies another."""

    access_explain = "access:explain"
    admin_clients = "admin:clients"
    audit_read_all = "audit:read.all"
    audit_read_self = "audit:read.self"
    export_run = "export:run"
    sync_pull = "sync:pull"
