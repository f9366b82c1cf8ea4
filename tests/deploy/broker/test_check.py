"""Checking: whatever was planted at the broker is found by name, and declaring mends it."""

import pytest

from deploy.broker.declaring import declare
from shared.messaging.topology import MARK

ENROLLMENT_TO_COURSES = "enrollment.events → courses.inbox by 'enrollment.#'"
EVERYTHING = {"configure": ".*", "write": ".*", "read": ".*"}
CLASSIC = {"durable": True, "arguments": {"x-queue-type": "classic"}}
POLICY = {"pattern": ".*", "apply-to": "queues", "priority": 9, "definition": {"max-length": 1}}
OTHER_POLICY = {"pattern": ".*\\.inbox$", "apply-to": "queues", "priority": 0, "definition": {"delivery-limit": 3}}

# What is planted (verb, path with HOST, body) and what is said of it.
PLANTED = {
    "a binding that is missing": (
        [("delete", "bindings/HOST/e/enrollment.events/q/courses.inbox/enrollment.%23", None)],
        f"binding {ENROLLMENT_TO_COURSES}: missing",
    ),
    "a binding too many": (
        [("post", "bindings/HOST/e/certificates.events/q/portal.inbox", {"routing_key": "#"})],
        "binding certificates.events → portal.inbox by '#': surplus",
    ),
    "a binding too many, with arguments": (
        [("post", "bindings/HOST/e/enrollment.events/q/courses.inbox", {"routing_key": "enrollment.#", "arguments": {"x": 1}})],
        f"binding {ENROLLMENT_TO_COURSES} with {{'x': 1}}: surplus",
    ),
    "a binding of two exchanges": (
        [("post", "bindings/HOST/e/certificates.events/e/courses.events", {"routing_key": "#"})],
        "binding certificates.events → courses.events by '#': surplus",
    ),
    "a right that goes too far": (
        [("put", "permissions/HOST/HOST-courses", EVERYTHING)],
        "rights of HOST-courses: configure is '.*', should be '^$'; write is '.*', should be '^courses\\\\.events$'; "
        "read is '.*', should be '^courses\\\\.inbox$'",
    ),
    "a right that is missing": ([("delete", "permissions/HOST/HOST-finance", None)], "rights of HOST-finance: missing"),
    "somebody else's right": (
        [("put", "users/HOST-portal-2", {"password": "x", "tags": ""}), ("put", "permissions/HOST/HOST-portal-2", EVERYTHING)],
        "rights of HOST-portal-2: surplus",
    ),
    "a user who is missing": ([("delete", "users/HOST-portal", None)], "user HOST-portal: missing"),
    "another password": (
        [("put", "users/HOST-portal", {"password": "guessed", "tags": ""})],
        "user HOST-portal: password is 'another one', should be 'the one in its file'",
    ),
    "a user who became administrator": (
        [("put", "users/HOST-portal", {"password": "guessed", "tags": "administrator"})],
        "user HOST-portal: tags is 'administrator', should be ''; password is 'another one', should be 'the one in its file'",
    ),
    "another policy": (
        [("put", "policies/HOST/inbox", OTHER_POLICY)],
        "policy inbox: delivery-limit is 3, should be 100; max-length-bytes is not set, should be 268435456",
    ),
    "a policy that is missing": ([("delete", "policies/HOST/inbox", None)], "policy inbox: missing"),
    "a policy that goes before ours": ([("put", "policies/HOST/tight", POLICY)], "policy tight: surplus"),
    "a queue that is missing": ([("delete", "queues/HOST/finance.inbox", None)], "queue finance.inbox: missing"),
    "a queue of another kind": (
        [("delete", "queues/HOST/dead", None), ("put", "queues/HOST/dead", CLASSIC)],
        "queue dead: x-queue-type is 'classic', should be 'quorum'; x-overflow is not set, should be 'reject-publish'",
    ),
    "a queue too many": ([("put", "queues/HOST/tap", CLASSIC)], "queue tap: surplus"),
    "an exchange that is missing": ([("delete", "exchanges/HOST/courses.events", None)], "exchange courses.events: missing"),
    "an exchange of another kind": (
        [("delete", "exchanges/HOST/dead", None), ("put", "exchanges/HOST/dead", {"type": "topic", "durable": True})],
        "exchange dead: type is 'topic', should be 'fanout'",
    ),
    "an exchange too many": ([("put", "exchanges/HOST/side", {"type": "topic"})], "exchange side: surplus"),
    "the mark that is missing": ([("delete", f"exchanges/HOST/{MARK}", None)], f"mark {MARK}: missing"),
    "the mark of another version": (
        [("put", "exchanges/HOST/topology.0123456789ab", {"type": "fanout", "durable": True})],
        "mark topology.0123456789ab: surplus",
    ),
    "no virtual host at all": ([("delete", "vhosts/HOST", None)], "virtual host HOST: missing"),
}
LEFT = ("a policy that goes before ours", "a queue too many", "an exchange too many")


@pytest.mark.parametrize("planted", PLANTED)
def test_a_difference_is_named_and_mended(declared, planted: str):
    assert declared.differs() == []
    deeds, words = PLANTED[planted]
    for verb, path, body in deeds:
        getattr(declared.api, verb)(*[path.replace("HOST", declared.host)] + ([body] if body is not None else []))
    expected = words.replace("HOST", declared.host)
    assert expected in declared.differs()
    declare(declared.api, declared.topology, replace=True)
    assert declared.differs() == ([expected] if planted in LEFT else [])
    declared.api.delete(f"users/{declared.host}-portal-2")


def test_who_has_no_right_here_is_not_our_affair(declared):
    declared.api.put(f"users/{declared.host}-portal-2", {"password": "x", "tags": "monitoring"})
    assert declared.differs() == []
    declared.api.delete(f"users/{declared.host}-portal-2")
