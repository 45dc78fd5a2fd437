"""A store in an S3-compatible bucket, by boto3.

What stores disagree on is avoided: no aws-chunked trailers, which many reject; one explicit SHA-256 that the store
verifies; equal parts in multipart uploads, which R2 asks for; versions compared without quotes, as Ceph wants them.

`store` has the methods; each is a function that takes a `bucket.Bucket`, which alone opens a client. `objects` reads,
`put` sends, `compose` copies, `trial` finds out what a bucket can do, `cors` has its rules for pages of other sites.
Every request goes through `transport`, which keeps the time and tries again, and has `answers` look at what comes back.
"""
