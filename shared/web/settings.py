"""Every setting is a field that names its environment variable, its default and its meaning."""

import dataclasses
import types
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from environs import EnvError, FileAwareEnv


class SettingsWrong(Exception):
    """Some settings cannot be used; the text names each of them."""


def setting(meaning: str, *, default: Any = dataclasses.MISSING, secret: bool = False) -> Any:
    """A field of `ServiceSettings`: read from ``<SERVICE>_<FIELD>``, or from the file named by ``<SERVICE>_<FIELD>_FILE``."""
    if isinstance(default, dict):
        return dataclasses.field(default_factory=lambda: dict(default), metadata={"meaning": meaning})
    return dataclasses.field(default=default, repr=not secret, metadata={"meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class ServiceSettings:
    """What every service needs to know of its surroundings."""

    service: typing.ClassVar[str] = ""

    database_url: str = setting("Database of this service: sqlite:///file.db or postgresql://user:password@host/name.", secret=True)
    broker_url: str | None = setting("RabbitMQ: amqp://user:password@host/vhost; empty in the embedded mode.", default=None, secret=True)
    data_folder: Path = setting("Folder for keys and files of this service; private to it.", default=Path("data"))
    token_keys_url: str | None = setting("Where the portal publishes its token keys (JWKS); empty in the embedded mode.", default=None)
    public_url: str = setting("The one address under which people reach all services.", default="http://127.0.0.1:8000")
    peers: dict[str, str] = setting("Addresses of the other services inside: courses=http://courses:8000,…", default={})
    proxies: int = setting("Proxies in front whose word on address, scheme and host is believed; 1 behind the gateway.", default=0)
    worker_port: int = setting("Port on which the worker answers /health, /ready and /metrics; 0: none.", default=0)
    largest_upload: int = setting("Most bytes taken in one request.", default=16 * 1024 * 1024)

    @classmethod
    def variables(cls) -> dict[str, dataclasses.Field[Any]]:
        """Environment variable → field, in the order of the class."""
        return {f"{cls.service}_{field.name}".upper(): field for field in dataclasses.fields(cls)}

    @classmethod
    def from_environment(cls) -> Self:
        """The settings of this process. Raises `SettingsWrong` naming every missing or wrong one at once."""
        env = FileAwareEnv(eager=False)
        hints = typing.get_type_hints(cls)
        values = {field.name: _read(env, variable, hints[field.name], field) for variable, field in cls.variables().items()}
        try:
            env.seal()
        except EnvError as error:
            raise SettingsWrong(str(error)) from error
        return cls(**values)


def _read(env: FileAwareEnv, variable: str, kind: Any, field: dataclasses.Field[Any]) -> Any:
    options: dict[str, Any] = {}
    if field.default is not dataclasses.MISSING:
        options["default"] = field.default
    elif field.default_factory is not dataclasses.MISSING:
        options["default"] = field.default_factory()
    optional = typing.get_origin(kind) is types.UnionType
    if optional:
        kind = next(part for part in typing.get_args(kind) if part is not types.NoneType)
    if typing.get_origin(kind) is dict:
        return env.dict(variable, **options)
    if kind is str:
        value = env.str(variable, **options)
        return value.strip() if isinstance(value, str) else value  # a secret's file ends with a newline
    readers: dict[Any, Any] = {int: env.int, float: env.float, bool: env.bool, Path: env.path}
    return readers[kind](variable, **options)
