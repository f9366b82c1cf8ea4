"""Certificates rendered, signed and stored, beside a bare loop of the typesetter and a bare loop of the signature."""

import json
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

import typst

from bench.measurement import Comparison, Durations, timed
from demo.people import GIVEN, SURNAMES
from services.certificates.domain.content import Content
from services.certificates.operations.printing import fonts, typesetting
from services.certificates.storage import signing_keys
from shared.domain import now
from tests.certificates.conftest import Office12
from tests.conftest import run_service

BATCH = 20
ROUNDS = 3
AT_MOST = 1.25
PASSPHRASE = "only for the bench"


def measure(url: str, folder: Path) -> Iterable[Comparison]:
    """Batches of certificates that have their numbers, as the worker makes their files: in two threads, and in one."""
    folder.mkdir()
    signing_keys.prepare(folder, issuer="廊坊市教育工委", passphrase=PASSPHRASE)
    for threads in (2, 1):
        ours, yardstick = _render(url, folder, threads)
        operation = f"a certificate rendered, signed, stored; {threads} thread{'s' if threads > 1 else ''}, SQLite"
        yield Comparison(operation, "typst loop + signature loop, 1 thread", ours, yardstick, AT_MOST)


def _render(url: str, folder: Path, threads: int) -> tuple[Durations, Durations]:
    service = run_service("certificates", f"{url}-{threads}.db", folder, key_passphrase=PASSPHRASE, render_threads=threads)
    certificates = Office12(service)
    ours, yardstick = [], []
    for number in range(ROUNDS + 1):
        for person in range(BATCH):
            certificates.complete(SURNAMES[number * BATCH + person] + GIVEN[person])
        contents = [Content.thawed(row.content) for row in certificates.certificates(rendered_at=None)]
        milliseconds, rendered = timed(certificates.render)
        if rendered != BATCH or len(certificates.certificates(rendered_at=None)):
            raise RuntimeError(f"{rendered} certificates were made")
        bare = _bare_loops(certificates, contents)
        if number:  # the first batch warms both up
            ours.append(milliseconds)
            yardstick.append(bare)
    service.database.close()
    return Durations(ours).per(BATCH), Durations(yardstick).per(BATCH)


def _bare_loops(certificates: Office12, contents: list[Content]) -> float:
    """Typeset the same pages and sign them as pyHanko does with a key that is already parsed, its fastest way."""
    moment = now()
    # Other names and codes than were just printed: the typesetter remembers what it has laid out.
    codes = [certificates.office.codes(uuid4()) for _ in contents]
    facts = [
        json.dumps({**typesetting._facts(content, code), "name": content.name[::-1]}, ensure_ascii=False)
        for content, code in zip(contents, codes, strict=True)
    ]
    form = (Path(typesetting.__file__).parent / "certificate-1.typ").read_bytes()
    compiler = typst.Compiler(root=str(Path(typesetting.__file__).parent), font_paths=fonts.collection(), ignore_system_fonts=True)
    stamp = int(moment.timestamp())

    def typeset(page: str) -> bytes:
        made = compiler.compile(input=form, format="pdf", sys_inputs={"facts": page}, pdf_standards=["a-1b"], timestamp=stamp)
        assert isinstance(made, bytes)
        return made

    typesetting_took, pages = timed(lambda: [typeset(each) for each in facts])
    signing_took, _ = timed(lambda: [certificates.office.signer.sign(page, at=moment) for page in pages])
    return typesetting_took + signing_took
