"""Rules that many programs want."""

from __future__ import annotations

from typing import Final

from .rules import Rules

_CREDENTIALS: Final = frozenset(
    {
        "access_key",
        "access_token",
        "api_key",
        "api_secret",
        "api_token",
        "assertion",
        "auth",
        "auth_token",
        "authorization",
        "bearer_token",
        "client_assertion",
        "client_secret",
        "code_verifier",
        "cookie",
        "credential",
        "credentials",
        "csrf",
        "csrf_token",
        "csrfmiddlewaretoken",
        "encryption_key",
        "id_token",
        "jwt",
        "new_password",
        "old_password",
        "otp",
        "passcode",
        "passphrase",
        "passwd",
        "password",
        "password_hash",
        "private_key",
        "pwd",
        "refresh_token",
        "secret",
        "secret_access_key",
        "secret_key",
        "session",
        "session_id",
        "session_key",
        "session_token",
        "set_cookie",
        "shared_secret",
        "sid",
        "sig",
        "signature",
        "signing_key",
        "token",
        "x_amz_credential",
        "x_amz_security_token",
        "x_amz_signature",
        "x_api_key",
        "x_goog_credential",
        "x_goog_signature",
        "xsrf_token",
    }
)

CREDENTIALS: Final = Rules(
    headers={
        "Api-Key",
        "Authorization",
        "Cookie",
        "Ocp-Apim-Subscription-Key",
        "Private-Token",
        "Proxy-Authorization",
        "Set-Cookie",
        "X-Access-Token",
        "X-Amz-Security-Token",
        "X-Api-Key",
        "X-Auth-Token",
        "X-Csrf-Token",
        "X-Csrftoken",
        "X-Goog-Api-Key",
        "X-Shopify-Access-Token",
        "X-Vault-Token",
        "X-Xsrf-Token",
    },
    query=_CREDENTIALS | {"key"},
    json=_CREDENTIALS,
)
"""What lets somebody in: tokens, passwords, keys, sessions; in headers, URLs, forms and JSON."""

_PERSONAL: Final = frozenset(
    {
        "address",
        "birth_date",
        "birthday",
        "card_number",
        "city",
        "cvc",
        "cvv",
        "date_of_birth",
        "dob",
        "e_mail",
        "email",
        "email_address",
        "first_name",
        "full_name",
        "iban",
        "last_name",
        "mobile",
        "national_id",
        "passport",
        "phone",
        "phone_number",
        "postal_code",
        "postcode",
        "social_security_number",
        "ssn",
        "street",
        "surname",
        "tax_id",
        "username",
        "zip",
        "zip_code",
    }
)

PERSONAL: Final = Rules(
    headers={"Forwarded", "From", "X-Forwarded-For", "X-Real-Ip"},
    query=_PERSONAL,
    json=_PERSONAL,
)
"""What tells who somebody is: names, addresses, numbers of people and of cards."""
