"""Says whether the mail service is back; nothing is released before it is green some times in a row."""

import os
import urllib.error
import urllib.request


def handler(event, context):
    try:
        with urllib.request.urlopen(f"{os.environ['MAIL_URL']}/health", timeout=3) as answer:
            return {"green": answer.status == 200, "detail": f"the mail service answers {answer.status}"}
    except urllib.error.HTTPError as error:
        return {"green": False, "detail": f"the mail service answers {error.code}"}
    except OSError as error:
        return {"green": False, "detail": f"the mail service can't be reached: {error}"}
