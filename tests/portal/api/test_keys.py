"""The published keys."""


def test_only_the_public_halves_are_published(portal):
    answer = portal.browser().get("/api/portal/keys")
    (key,) = answer.json["keys"]
    assert answer.status_code == 200
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("OKP", "Ed25519", "Ed25519", "sig")
    assert key["kid"]
    assert "d" not in key
