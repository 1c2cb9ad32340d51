"""No secret gets into what is kept."""

from __future__ import annotations

import string
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialog._redaction import (
    REDACTED,
    redact,
    redact_argument,
    redact_command,
    redact_source,
    says_secret,
)

relaxed = settings(max_examples=60, deadline=None)  # machines are loaded
ALPHANUMERIC = string.ascii_letters + string.digits
SECRET_WORDS = [
    "token", "secret", "password", "passwd", "api_key", "apikey", "credential", "credentials",
    "private", "private_key", "auth", "access_token", "client_secret", "passphrase", "secret_key",
]  # fmt: skip


def letters(alphabet, shortest, longest=60):
    return st.text(alphabet, min_size=shortest, max_size=longest)


def base64url(part):
    return letters(ALPHANUMERIC + "-_", part)


# A mark that no form of a secret needs, and that is nowhere else.
tokens = st.one_of(
    st.tuples(st.sampled_from("pousr"), letters(ALPHANUMERIC, 36)).map(
        lambda x: f"gh{x[0]}_{x[1]}"
    ),
    letters(ALPHANUMERIC + "_", 22).map("github_pat_".__add__),
    letters(ALPHANUMERIC, 32).map("sk-".__add__),
    letters(ALPHANUMERIC, 32).map("sk-proj-".__add__),
    letters(string.ascii_uppercase + string.digits, 16, 16).map("AKIA".__add__),
    letters(ALPHANUMERIC, 34).map("hf_".__add__),
    st.tuples(st.sampled_from("abprs"), letters(ALPHANUMERIC + "-", 10)).map(
        lambda x: f"xox{x[0]}-{x[1]}"
    ),
    letters(ALPHANUMERIC + "-_", 20).map("glpat-".__add__),
    st.tuples(base64url(12), base64url(8), base64url(20)).map(lambda x: "eyJ" + ".".join(x)),
)
# whatever people write around them
around = st.text(st.sampled_from(" \n\t\"'()[]{},;=:/é…"), max_size=12)
values = letters(ALPHANUMERIC + "!#$%*+./:?@^_~-", 6, 40).map("Zz9".__add__)


@st.composite
def secret_names(draw):
    """A name as it stands in programs, files and shells, one word of which says secret."""
    words = [draw(st.sampled_from(SECRET_WORDS))]
    if draw(st.booleans()):
        words.insert(0, draw(st.sampled_from(["hf", "my", "db", "wandb", "x"])))
    name = draw(st.sampled_from("_-.")).join(words)
    return draw(st.sampled_from([name, name.upper()]))


@relaxed
@given(before=around, token=tokens, after=around)
def test_a_known_form_is_a_secret_wherever_it_stands(before, token, after):
    """Tokens of services, JWTs: in any text, as an argument or in a file."""
    text = f"{before}{token}{after}"
    assert token not in redact_argument(text)
    assert token.encode() not in redact_source(text.encode())
    assert token not in str(redact({"a": [text]}))
    assert token not in " ".join(redact_command(["x", text, f"--name={text}", "--name", text]))


@relaxed
@given(name=secret_names(), value=values)
def test_what_a_secret_name_is_given_is_a_secret(name, value):
    """As a variable, a key at any depth, and in every form of a command line."""
    assert says_secret(name)
    assert redact({"a": {name: value}}) == {"a": {name: REDACTED}}
    for command in (
        [f"--{name}", value],
        [f"-{name}", value],
        [f"--{name}={value}"],
        [f"{name}={value}"],
        [f"+model.{name}={value}"],
    ):
        shown = redact_command(["train.py", *command, "--lr", "0.1"])
        assert value not in "\n".join(shown), command
        assert shown[0] == "train.py"
        assert shown[-2:] == ["--lr", "0.1"]


@relaxed
@given(name=secret_names(), value=letters(ALPHANUMERIC + "+/_.!-", 6).map("Zz9".__add__))
def test_a_secret_name_inside_of_an_argument(name, value):
    """In JSON, in a header, in the query of a URL."""
    for text in (
        f'{{"{name}": "{value}", "lr": 1}}',
        f"{{'{name}': '{value}'}}",
        f"{name}: {value}",
        f"https://host/path?{name}={value}&x=1",
        f'"{{\\"{name}\\": \\"{value}\\"}}"',
    ):
        assert value not in redact_argument(text)


@relaxed
@given(
    scheme=st.sampled_from(["https", "http", "postgresql", "git+https", "redis", "amqp", "ssh"]),
    user=letters(ALPHANUMERIC + "._-", 0, 12),
    password=values.map(lambda text: text.replace("/", "")),
)
def test_a_url_is_kept_without_who_asks(scheme, user, password):
    """``user:password@`` in any scheme, with any letter in the password that a URL can have."""
    url = f"{scheme}://{user}:{password}@host:80/path"
    expected = f"{scheme}://[redacted]@host:80/path"
    assert redact_argument(f"see {url} there") == f"see {expected} there"
    assert redact_source(f"x = '{url}'".encode()).decode() == f"x = '{expected}'"


@pytest.mark.parametrize("kind", ["RSA PRIVATE", "PRIVATE", "OPENSSH PRIVATE", "EC PRIVATE"])
def test_a_private_key_is_taken_out_line_by_line(kind):
    """In a difference too, whose lines keep their first letter and their number."""
    block = f"-----BEGIN {kind} KEY-----\n+MIIEow\n+IBAAKC\n+-----END {kind} KEY-----"
    shown = redact_source(f"+a = 1\n+{block}\n+b = 2\n".encode()).decode()
    assert shown == "+a = 1\n+[redacted]\n+\n+\n+\n+b = 2\n"
    assert "MIIEow" not in redact_source(block.partition("-----END")[0].encode()).decode()


@pytest.mark.parametrize(
    "source,shown",
    [
        ('password = "hunter2"', 'password = "[redacted]"'),
        ("token: str = 'a1b2c3d4e5f6g7h8'", "token: str = '[redacted]'"),
        ("API_KEY=a1b2c3d4e5f6g7h8i9\n", "API_KEY=[redacted]\n"),
        ('{"api_key": "a1b2c3d4e5f6g7h8"}', '{"api_key": "[redacted]"}'),
        ('headers = {"Authorization": "Bearer a1b2c3d4e5f6g7"}',
         'headers = {"Authorization": "Bearer [redacted]"}'),
        ("db_password: hunter2secret", "db_password: [redacted]"),
        ('password = """hunter2"""', 'password = """[redacted]"""'),
        ("const password = `hunter2`", "const password = `[redacted]`"),
        ('+password = (\n+    "hunter2"\n+)', '+password = (\n+    "[redacted]"\n+)'),
        ('os.environ.setdefault("DB_PASSWORD", "hunter2")',
         'os.environ.setdefault("DB_PASSWORD", "[redacted]")'),
        ('wandb.login(key="0123456789abcdef01234567")', 'wandb.login(key="[redacted]")'),
        ('hub.login("a1b2c3d4e5f6g7h8i9j0")', 'hub.login("[redacted]")'),
        ('hooks="https://hooks.slack.com/services/T0/B0/a1b2c3"',
         'hooks="https://hooks.slack.com/services/[redacted]"'),
        ("https://discord.com/api/webhooks/12345/a1b2c3", "https://discord.com/api/webhooks/[redacted]"),
        ("ask(nvapi-a1b2c3d4e5f6g7h8i9j0k1)", "ask([redacted])"),
    ],
)  # fmt: skip
def test_a_secret_in_a_file_is_taken_out(source, shown):
    """What a secret's name is given, where it looks like a secret itself."""
    assert redact_source(source.encode()).decode() == shown


@pytest.mark.parametrize(
    "source",
    [
        "token = next(tokens)",
        'pad_token = "<pad>"',
        'password = os.environ["PASSWORD"]',
        "self.auth = auth or BasicAuth(user)",
        "max_tokens=4096, tokenizer='bert-base-uncased-2024-v1'",
        "from task-management-system import sk_learn, hf_transformers",
        "key = sorted(keys, key=lambda x: x[0])",
        "author = 'somebody@example.com'",
        "see https://example.com/a@b and ssh://git@host/path",
        "private: bool = True",
        "def authenticate(password: str) -> None:",
        "parser.add_argument('--password', help='of the database')",
        'columns = ["password", "email"]',
        'login(user="somebody", method="interactive")',
    ],
)
def test_a_program_stays_as_it_is(source):
    """Programs are full of such names; only what looks like a secret is taken out."""
    assert redact_source(source.encode()).decode() == source


@pytest.mark.parametrize(
    "name", ["tokenizer", "max_tokens", "pad_token", "author", "path", "key", "sort_key", "PWD",
             "TOKENIZERS_PARALLELISM", "compass", "passes", "keyboard", "n_keys"]
)  # fmt: skip
def test_a_name_that_says_no_secret(name):
    """What merely sounds like one is kept."""
    assert not says_secret(name)
    assert redact_command([f"--{name}", "4"]) == [f"--{name}", "4"]


@pytest.mark.parametrize(
    "name", ["HF_TOKEN", "apiKey", "accessToken", "GITHUB_PAT", "PGPASSWORD", "DB_PASS", "sshkey",
             "APIKey", "AWS_SECRET_ACCESS_KEY", "WANDB_API_KEY", "X-Auth-Token", "OPENAI_KEY"]
)  # fmt: skip
def test_a_name_that_says_secret_in_another_way(name):
    """In camel case, in one word, in short."""
    assert says_secret(name)


def test_the_next_option_is_not_taken_for_a_secret():
    """A flag without a value is followed by what it is; a secret may begin with a hyphen."""
    assert redact_command(["--use-auth", "--lr", "1"]) == ["--use-auth", "--lr", "1"]
    assert redact_command(["--token", "-v"]) == ["--token", "-v"]
    assert redact_command(["--token", "-a1b2c3"]) == ["--token", REDACTED]
    assert redact_command(["--token", ""]) == ["--token", REDACTED]


@relaxed
@given(st.binary(max_size=200), st.text(max_size=100))
def test_any_bytes_and_any_text_can_be_looked_at(data, text):
    """Bytes that are no text come back as they were, and a second look finds nothing more."""
    once = redact_source(data)
    assert redact_source(once) == once
    assert redact_argument(redact_argument(text)) == redact_argument(text)
    assert redact({"x": [data.hex(), None, True, 1.5]})["x"][1:] == [None, True, 1.5]


@pytest.mark.parametrize(
    "part", [b"token", b"hf_", b"sk-", b"eyJ", b"://a", b"bearer ", b"token: ", b'password="', b"a"]
)
def test_no_text_takes_long(part):
    """Of whatever a megabyte is made, the time grows with its size and no faster."""
    took = []
    for size in (1 << 17, 1 << 20):
        begin = perf_counter()
        redact_source(part * (size // len(part)))
        took.append(perf_counter() - begin)
    assert took[1] < 40 * took[0] + 0.5  # 8 times as much; another process may be at work too
