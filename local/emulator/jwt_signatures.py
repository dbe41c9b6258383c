"""The signature of a token at an HTTP API's JWT authorizer; MiniStack 1.5.33 checks it with a library that it doesn't bring along, and refuses every token without it.

RS256 is one modular power and one comparison: RFC 8017, 8.2.2, with the encoding of 9.2.

Can go when MiniStack brings the library, or checks without it.
"""

import hashlib
import hmac

from ministack.services import apigateway

# DER of the DigestInfo of SHA-256. Source: RFC 8017, 9.2, note 1.
_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")


def verify(token: str, jwk: dict) -> bool:
    head, _, signature = token.rpartition(".")
    if head.count(".") != 1 or jwk.get("kty") != "RSA":
        return False
    try:
        modulus = int.from_bytes(apigateway._b64url_decode(jwk["n"]), "big")
        exponent = int.from_bytes(apigateway._b64url_decode(jwk["e"]), "big")
        signed = apigateway._b64url_decode(signature)
    except (KeyError, ValueError):
        return False
    size = (modulus.bit_length() + 7) // 8
    if len(signed) != size or size < 256:
        return False
    digest = _SHA256 + hashlib.sha256(head.encode()).digest()
    expected = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
    found = pow(int.from_bytes(signed, "big"), exponent, modulus).to_bytes(size, "big")
    return hmac.compare_digest(found, expected)


def install() -> None:
    apigateway._verify_rs256_signature = verify
