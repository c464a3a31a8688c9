"""Desk and API at one port: the path alone says which of them a request is for."""

import pytest

from fedquery.gateway.beside import Beside


@pytest.mark.parametrize(
    ("path", "chosen"),
    [
        ("/desk", "desk"),
        ("/desk/", "desk"),
        ("/desk/login", "desk"),
        ("/desktop", "api"),
        ("/v1/desk/", "api"),
        ("//desk/", "api"),
        ("/DESK/", "api"),
        ("/", "api"),
        ("", "api"),
    ],
)
async def test_a_path_is_of_one_of_them(path, chosen):
    """Nothing that is not below /desk/ comes to the pages, and nothing below it to the API."""
    came = []

    def named(name):
        async def app(_scope, _receive, _send):
            came.append(name)

        return app

    await Beside(named("desk"), named("api"))({"type": "http", "path": path}, None, None)
    assert [chosen] == came
