"""A bucket's rules for cross-origin requests: what they are, and ours among them.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from podwright.core.errors import StoreError
from podwright.stores.optional import CORS, CorsRule
from podwright.stores.s3.bucket import Bucket
from podwright.stores.s3.errors import is_absent, is_unknown, wrapped

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CORSRuleOutputTypeDef

_NO_CORS = "the store keeps no cross-origin rules; set the headers in its own settings, or in what stands before it"


def observe_cors(bucket: Bucket) -> tuple[CorsRule, ...] | None:
    """Return the rules, by one request; it needs the right s3:GetBucketCORS."""
    rules = _load_rules(bucket)
    return None if rules is None else tuple(_parse_rule(rule) for rule in rules)


def apply_cors(bucket: Bucket) -> bool:
    """Write all rules of the bucket anew, which is the only way there is: as they were a moment ago, and ours.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html
    """
    rules = _load_rules(bucket)
    if rules is None:
        raise StoreError(f"{bucket.url}: {_NO_CORS}")
    # The first rule that fits a request is the one that counts, so ours never comes before somebody else's.
    if any(_is_ours(rule) for rule in rules):
        return False
    wanted: list[Any] = [rule for rule in rules if rule.get("ID") != CORS.name]
    with wrapped(f"{bucket.url}: writing its cross-origin rules (s3:PutBucketCORS)"):
        try:
            bucket.client.put_bucket_cors(
                Bucket=bucket.name, CORSConfiguration={"CORSRules": [*wanted, _render_rule(CORS)]}
            )
        except ClientError as error:
            if is_unknown(error):
                raise StoreError(f"{bucket.url}: {_NO_CORS}") from error
            raise
    return True


def _load_rules(bucket: Bucket) -> list[CORSRuleOutputTypeDef] | None:
    """Return the rules as boto3 has them; None where the store does not know any."""
    with wrapped(f"{bucket.url}: reading its cross-origin rules (s3:GetBucketCORS)"):
        try:
            return bucket.client.get_bucket_cors(Bucket=bucket.name)["CORSRules"]
        except ClientError as error:
            if is_unknown(error):
                return None
            if is_absent(error):
                return []
            raise


def _parse_rule(rule: CORSRuleOutputTypeDef) -> CorsRule:
    return CorsRule(
        name=rule.get("ID"),
        origins=tuple(rule["AllowedOrigins"]),
        methods=tuple(rule["AllowedMethods"]),
        headers=tuple(rule.get("AllowedHeaders", ())),
        exposed=tuple(rule.get("ExposeHeaders", ())),
        max_age=rule.get("MaxAgeSeconds"),
    )


def _is_ours(rule: CORSRuleOutputTypeDef) -> bool:
    """Return whether a rule says what ours says; not every store keeps names."""
    return replace(_parse_rule(rule), name=CORS.name) == CORS


def _render_rule(rule: CorsRule) -> Any:
    return {
        "ID": rule.name,
        "AllowedOrigins": list(rule.origins),
        "AllowedMethods": list(rule.methods),
        "AllowedHeaders": list(rule.headers),
        "ExposeHeaders": list(rule.exposed),
        "MaxAgeSeconds": rule.max_age,
    }
