module "invoices" {
  source = "./protected-consumer"

  name                = "invoices"
  function_arn        = data.aws_lambda_function.invoices.arn
  function_role_name  = "invoices"
  function_timeout    = data.aws_lambda_function.invoices.timeout
  maximum_concurrency = 5
  canary_function_arn = data.aws_lambda_function.bank_canary.arn
  alarm_actions       = ["arn:aws:sns:eu-central-1:111111111111:on-call"]
}

data "aws_lambda_function" "invoices" {
  function_name = "invoices"
}

data "aws_lambda_function" "bank_canary" {
  function_name = "bank-canary"
}
