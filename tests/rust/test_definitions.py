"""What attributes say of a struct and its fields."""

from __future__ import annotations

import pytest

from engine.rust.definitions import derived_by, served_by


@pytest.mark.parametrize(
    ("attribute", "functions"),
    [
        (b'#[serde(skip_serializing_if = "is_zero")]', (b"is_zero",)),
        (b'#[serde(default = "crate::one", serialize_with = "text")]', (b"crate::one", b"text")),
        (b'#[serde(with="hex")]', (b"hex",)),
        (b'#[cfg_attr(feature = "serde", serde(with = "hex"))]', (b"hex",)),
        (b'#[serde(default, rename = "with")]', ()),
        (b'#[serde(rename = "default")]', ()),
        (b'#[doc = "with = x"]', ()),
        (b'#[builder(default = "one")]', ()),
    ],
)
def test_functions_that_an_attribute_names(attribute: bytes, functions: tuple[bytes, ...]) -> None:
    assert served_by(attribute) == functions


def test_traits_that_an_attribute_derives() -> None:
    assert derived_by(b"#[derive(Debug, serde::Serialize)]") == (b"Debug", b"serde::Serialize")
    assert derived_by(b"#[serde(default)]") == ()
