/** What messages are handed to. An alias is a way to its function. */
export const ENDPOINTS = [
  'aws_sqs_queue',
  'aws_lambda_function',
  'aws_lambda_alias',
  'aws_sns_topic',
  'aws_kinesis_stream',
  'aws_sfn_state_machine',
  'aws_kinesis_firehose_delivery_stream',
  'aws_cloudwatch_event_bus',
];

/** What messages or records are read from. A registered consumer is a way to its stream. */
export const SOURCES = [
  'aws_sqs_queue',
  'aws_kinesis_stream',
  'aws_dynamodb_table',
  'aws_mq_broker',
  'aws_msk_cluster',
  'aws_kinesis_stream_consumer',
  'aws_msk_serverless_cluster',
];
