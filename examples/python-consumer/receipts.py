"""Sends receipts by mail: a function of your own behind tiers, redrive, breaker and desk that are not.

Powertools splits the batch and remembers what is done; whatever it raises comes back alone, and SQS parks it when it has come back too often.
What is wrong in itself is sent to repair at once: retrying it is waste.
"""

import json
import os
import urllib.error
import urllib.request

import boto3
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent_function

processor = BatchProcessor(event_type=EventType.SQS)
done = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"])
# By the business id: a message that was parked and released again has a new message id. Longer than the 14 + 14 days that a message can live.
config = IdempotencyConfig(event_key_jmespath="receipt_number", expires_after_seconds=40 * 86_400, raise_on_no_idempotency_key=True)
sqs = boto3.client("sqs")


class Refused(Exception):
    """The message itself is wrong; the text says what, for whoever mends it."""


def receipt_in(body: str) -> dict:
    try:
        receipt = json.loads(body)
    except ValueError as error:
        raise Refused(f"not JSON: {error}") from error
    if not isinstance(receipt, dict):
        raise Refused("not an object")
    for field in ("receipt_number", "email"):
        if not isinstance(receipt.get(field), str) or not receipt[field]:
            raise Refused(f"{field} is missing")
    return receipt


@idempotent_function(data_keyword_argument="receipt", persistence_store=done, config=config)
def send(receipt: dict) -> None:
    request = urllib.request.Request(
        f"{os.environ['MAIL_URL']}/receipts",
        data=json.dumps(receipt).encode(),
        headers={"content-type": "application/json", "idempotency-key": receipt["receipt_number"]},
    )
    try:
        urllib.request.urlopen(request, timeout=5).close()
    except urllib.error.HTTPError as error:
        # The mail service has looked at it and refuses it; 408 and 429 say that it hasn't.
        if 400 <= error.code < 500 and error.code not in (408, 429):
            raise Refused(f"the mail service answers {error.code}") from error
        raise


def work(record: SQSRecord) -> None:
    try:
        send(receipt=receipt_in(record.body))
    except Refused as refusal:
        # If this fails the message comes back, and is refused again.
        sqs.send_message(
            QueueUrl=os.environ["REPAIR_QUEUE_URL"],
            MessageBody=record.body,
            MessageAttributes={"reason": {"DataType": "String", "StringValue": str(refusal)[:500]}},
        )


def handler(event, context):
    config.register_lambda_context(context)
    return process_partial_response(event=event, record_handler=work, processor=processor, context=context)
