"""A store in an S3-compatible bucket, by boto3.

What stores disagree on is avoided: no aws-chunked trailers, which many reject; one explicit SHA-256 that the store
verifies; equal parts in multipart uploads, which R2 asks for; versions compared without quotes, as Ceph wants them.

`store` has the methods of `Store`; each is a function of the module that is named for what it does, and takes a
`bucket.Bucket`. That module alone opens a client.
"""
