"""A CloudFront distribution in front of a bucket: forgetting what its caches hold, by boto3.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import boto3
from botocore import exceptions as boto
from botocore.config import Config

from podwright import __version__
from podwright.core.errors import StoreError


def invalidate(distribution: str, paths: Sequence[str], *, reference: str) -> None:
    """Have the caches of a distribution forget paths, which begin with "/".

    reference: the same for the same request, so that asking twice is no second invalidation. The credentials are those
    of the AWS chain. Raises StoreError.
    """
    config = Config(
        retries={"mode": "standard", "max_attempts": 3},
        connect_timeout=5,
        read_timeout=10,
        user_agent_extra=f"podwright/{__version__}",
    )
    try:
        session = boto3.session.Session()
        # CloudFront is one service for all regions of a partition; signing wants the name of one nevertheless.
        client = session.client("cloudfront", config=config, region_name=session.region_name or "us-east-1")
        client.create_invalidation(
            DistributionId=distribution,
            InvalidationBatch={
                "Paths": {"Quantity": len(paths), "Items": list(paths)},
                "CallerReference": reference,
            },
        )
    except boto.NoCredentialsError as error:
        raise StoreError("no credentials; set those of the AWS chain") from error
    except boto.ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        # It is printed, and whoever answers may say anything, with what it was asked among it.
        named = code if re.fullmatch("[A-Za-z]{1,64}", code) else "?"
        raise StoreError(_REFUSALS.get(code) or f"CloudFront refuses ({named}); see what it asks for") from error
    except (boto.BotoCoreError, ValueError) as error:
        raise StoreError(f"CloudFront cannot be reached ({type(error).__name__}); check the network") from error


_REFUSALS = {
    "AccessDenied": "access is denied; give the key the right cloudfront:CreateInvalidation",
    "NoSuchDistribution": "there is no such distribution; correct it",
    "TooManyInvalidationsInProgress": "too many invalidations are under way; wait until they have ended",
}
