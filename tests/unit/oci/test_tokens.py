"""Authorization: nothing unasked, tokens for what is done, secrets to nobody else."""

from __future__ import annotations

import base64
import json

import pytest

from trialog._oci.credentials import Credentials, Found
from trialog._oci.tokens import Authorizer, TokenAnswer, scope_of
from trialog.errors import RegistryError

REALM = "https://auth.example/token"
ASKED = f'Bearer realm="{REALM}",service="h.example",scope="repository:a:pull"'
ADA = Credentials("ada", "s3cret", origin="the test")
PULL, PUSH = scope_of("a", "pull"), scope_of("a", "pull", "push")


class Realm:
    """Gives tokens that are numbered, and keeps what it was asked."""

    def __init__(self):
        self.asked = []
        self.answer = {"expires_in": 300}
        self.status = 200

    def __call__(self, realm, parameters, headers, is_post):
        self.asked.append((realm, parameters, dict(headers), is_post))
        content = {"token": f"t{len(self.asked)}"} | self.answer
        return TokenAnswer(self.status, {}, json.dumps(content).encode())


@pytest.fixture
def realm():
    return Realm()


@pytest.fixture
def make(realm):
    """An authorizer of h.example whose clock stands still until it is set."""

    def build(credentials=ADA, *, is_plain=False):
        made = Authorizer(
            "h.example",
            lambda _: Found(credentials, ("a file",)),
            realm,
            is_plain=is_plain,
            clock=lambda: made.now_s,
        )
        made.now_s = 0.0
        return made

    return build


def basic(username="ada", password="s3cret"):
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"


def test_nothing_is_said_unasked(make, realm):
    """Before the registry asks who is there, no request says it, and no realm is asked."""
    assert make().header("a", PULL) is None
    assert realm.asked == []


def test_basic_is_said_once_asked(make):
    """After a Basic challenge every request has name and password; a refusal of them is final."""
    authorizer = make()
    assert authorizer.take_up('Basic realm="x"', "a", PULL, None)
    assert authorizer.header("a", PULL) == basic()
    assert not authorizer.take_up('Basic realm="x"', "a", PULL, basic())


def test_basic_without_credentials_is_hopeless(make):
    """Asking again without a name is not worthwhile; the hint says where to log in."""
    authorizer = make(None)
    assert not authorizer.take_up("Basic", "a", PULL, None)
    assert "a file" in authorizer.hint("a")
    assert "docker login h.example" in authorizer.hint("a")


def test_token_is_for_what_is_done(make, realm):
    """The realm is asked with name and password, for the service and the scope."""
    authorizer = make()
    assert authorizer.take_up(ASKED, "a", PUSH, None)
    assert authorizer.header("a", PUSH) == "Bearer t1"
    assert realm.asked == [
        (
            REALM,
            [("service", "h.example"), ("scope", "repository:a:pull,push")],
            {"Authorization": basic()},
            False,
        )
    ]


def test_token_serves_whatever_it_covers(make, realm):
    """One token does for pulling and pushing; another repository gets one of its own."""
    authorizer = make()
    authorizer.take_up(ASKED, "a", PUSH, None)
    assert {authorizer.header("a", scope) for scope in (PULL, PUSH)} == {"Bearer t1"}
    assert authorizer.header("b", scope_of("b", "pull")) == "Bearer t2"
    assert realm.asked[1][1] == [("service", "h.example"), ("scope", "repository:b:pull")]


def test_mounting_asks_for_both_repositories(make, realm):
    """A scope of two repositories is two scopes."""
    authorizer = make()
    authorizer.take_up(ASKED, "a", PUSH | scope_of("b", "pull"), None)
    assert realm.asked[0][1][1:] == [
        ("scope", "repository:a:pull,push"),
        ("scope", "repository:b:pull"),
    ]


@pytest.mark.parametrize(
    "expires_in, good_s, over_s",
    [(300, 289, 291), (None, 49, 51), (4, 1.9, 2.1), (-1, 49, 51), ("x", 49, 51), (True, 49, 51)],
)
def test_token_is_renewed_before_its_end(make, realm, expires_in, good_s, over_s):
    """A while before; without a word about it after most of a minute."""
    realm.answer = {"expires_in": expires_in}
    authorizer = make()
    authorizer.take_up(ASKED, "a", PULL, None)
    authorizer.now_s = good_s
    assert authorizer.header("a", PULL) == "Bearer t1"
    authorizer.now_s = over_s
    assert authorizer.header("a", PULL) == "Bearer t2"


def test_refused_token_is_replaced(make):
    """A token that the registry refuses is fetched again, once for all threads that use it."""
    authorizer = make()
    authorizer.take_up(ASKED, "a", PULL, None)
    assert authorizer.take_up(ASKED, "a", PULL, "Bearer t1")
    assert authorizer.take_up(ASKED, "a", PULL, "Bearer t1")
    assert authorizer.header("a", PULL) == "Bearer t2"


def test_nobody_asks_for_a_token_too(make, realm):
    """Without credentials the realm is asked without a name: many registries let anyone read."""
    assert make(None).take_up(ASKED, "a", PULL, None)
    assert realm.asked[0][2] == {}


def test_identity_token_is_exchanged(make, realm):
    """It is posted as a refresh token, and never stands in an address."""
    realm.answer = {"token": None, "access_token": "x"}
    authorizer = make(Credentials(identity_token="s3cret"))
    authorizer.take_up(ASKED, "a", PUSH, None)
    assert authorizer.header("a", PUSH) == "Bearer x"
    _, parameters, headers, is_post = realm.asked[0]
    assert is_post
    assert headers == {}
    assert dict(parameters) == {
        "grant_type": "refresh_token",
        "client_id": "trialog",
        "refresh_token": "s3cret",
        "service": "h.example",
        "scope": "repository:a:pull,push",
    }


def test_bearer_is_preferred(make):
    """Of several challenges the token flow is taken; an unknown one is hopeless."""
    authorizer = make()
    assert authorizer.take_up(f"Basic, {ASKED}", "a", PULL, None)
    assert authorizer.header("a", PULL) == "Bearer t1"
    assert not make().take_up("Negotiate", "a", PULL, None)


@pytest.mark.parametrize(
    "address",
    ["http://auth.example/token", "ftp://auth.example/", "/token", "", "https://", "https://a@b/"],
)
def test_password_goes_to_no_strange_realm(make, realm, address):
    """Over plain http, or to what is no web address, nothing is sent; the message has no secret."""
    with pytest.raises(RegistryError, match="h.example wants") as caught:
        make().take_up(f'Bearer realm="{address}"', "a", PULL, None)
    assert realm.asked == []
    assert "s3cret" not in str(caught.value)


def test_plain_registries_may_have_plain_realms(make, realm):
    """A registry that is spoken to over http may name such a realm."""
    assert make(is_plain=True).take_up('Bearer realm="http://localhost:1/t"', "a", PULL, None)
    assert realm.asked[0][0] == "http://localhost:1/t"


def test_realm_that_refuses_is_named(make, realm):
    """The error says who refused, with which credentials, and no password."""
    realm.status = 401
    realm.answer = {"errors": [{"code": "UNAUTHORIZED", "message": "who?"}]}
    with pytest.raises(RegistryError) as caught:
        make().take_up(ASKED, "a", PULL, None)
    assert str(caught.value) == (
        "asking auth.example for a token for h.example: it answers 401: UNAUTHORIZED: who? "
        "(with the credentials of 'ada' from the test)"
    )


@pytest.mark.parametrize("token", [None, 3, "", "a b", "a\r\nX: y", "é"])
def test_token_that_is_none_is_refused(make, realm, token):
    """What could not stand in a header is no token."""
    realm.answer = {"token": token}
    with pytest.raises(RegistryError, match="gave none that can be used"):
        make().take_up(ASKED, "a", PULL, None)
