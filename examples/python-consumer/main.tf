# Receipts in Python: a queue with tiers, a breaker that an alarm opens, and the desk. The function is your own: packages with Powertools, as you make them.

module "receipts" {
  source = "./tiered-queue"

  name              = "receipts"
  message_retention = 1209599
  alarm_actions     = [module.alarms.topic_arn]
}

# Makes the event source mapping, because it switches it; releases what is parked at a rate that grows, once the canary is green.
module "breaker" {
  source = "./circuit-breaker"

  name                = "receipts"
  main_queue_arn      = module.receipts.main_queue_arn
  parked_queue_arn    = module.receipts.parked_queue_arn
  parked_queue_url    = module.receipts.parked_queue_url
  repair_queue_arn    = module.receipts.repair_queue_arn
  visibility_timeout  = 180
  message_retention   = 1209599
  function_arn        = aws_lambda_function.receipts.arn
  function_role_name  = aws_iam_role.receipts.name
  function_timeout    = aws_lambda_function.receipts.timeout
  maximum_concurrency = aws_lambda_function.receipts.reserved_concurrent_executions
  trip_alarm_name     = aws_cloudwatch_metric_alarm.mail_fails.alarm_name
  trip_alarm_arn      = aws_cloudwatch_metric_alarm.mail_fails.arn
  canary_function_arn = aws_lambda_function.mail_canary.arn
  trickle_rate        = 1
  ceiling_rate        = 20
  alarm_actions       = [module.alarms.topic_arn]
}

module "desk" {
  source = "./dead-letter-desk"

  name          = "letters"
  alarm_actions = [module.alarms.topic_arn]
}

module "receipts_letters" {
  source = "./dead-letter-desk-queue"

  name                  = "receipts"
  desk_table_name       = module.desk.table_name
  keeper_function_arn   = module.desk.keeper_function_arn
  keeper_role_name      = module.desk.keeper_role_name
  worker_role_name      = module.desk.worker_role_name
  dead_letter_queue_arn = module.receipts.repair_queue_arn
  send_to_queue_arn     = module.receipts.main_queue_arn
  send_to_queue_url     = module.receipts.main_queue_url
  parked_queue_arn      = module.receipts.parked_queue_arn
  canary_function_arn   = aws_lambda_function.mail_canary.arn
}

module "alarms" {
  source = "./alarm-topic"

  name = "receipts-alarms"
}

# Powertools answers with the failed records, so the invocation itself succeeds and its errors say nothing: what is parked does.
resource "aws_cloudwatch_metric_alarm" "mail_fails" {
  alarm_name          = "mail-fails"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = module.receipts.parked_queue_name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
}

resource "aws_lambda_function" "receipts" {
  function_name = "receipts"
  role          = aws_iam_role.receipts.arn
  runtime       = "python3.13"
  handler       = "receipts.handler"
  filename      = "receipts.zip"
  timeout       = 30

  reserved_concurrent_executions = 5

  environment {
    variables = {
      MAIL_URL          = "https://mail.example.com"
      IDEMPOTENCY_TABLE = aws_dynamodb_table.done.name
      REPAIR_QUEUE_URL  = module.receipts.repair_queue_url
    }
  }
}

resource "aws_lambda_function" "mail_canary" {
  function_name = "mail-canary"
  role          = aws_iam_role.mail_canary.arn
  runtime       = "python3.13"
  handler       = "mail_canary.handler"
  filename      = "mail-canary.zip"
  timeout       = 10

  environment {
    variables = { MAIL_URL = "https://mail.example.com" }
  }
}

# As Powertools' idempotency asks: a key of the name id, and expiration as the time to live.
resource "aws_dynamodb_table" "done" {
  name         = "receipts-done"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  ttl {
    attribute_name = "expiration"
    enabled        = true
  }
}

resource "aws_iam_role_policy" "done" {
  name = "done"
  role = aws_iam_role.receipts.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]
      Resource = [aws_dynamodb_table.done.arn]
    }]
  })
}

locals {
  assumed_by_lambda = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role" "receipts" {
  name               = "receipts"
  assume_role_policy = local.assumed_by_lambda
}

resource "aws_iam_role" "mail_canary" {
  name               = "mail-canary"
  assume_role_policy = local.assumed_by_lambda
}
