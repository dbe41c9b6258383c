"""Pages of an index of DynamoDB that cost what they hold. MiniStack 1.5.33 sorts the whole partition of an index for every Query, and evaluates the
key condition for each of its items: a page of 50 among 90,000 takes seconds.

Can go when MiniStack keeps the partitions of an index in order.
"""

import bisect
import re
import threading

from ministack.services import dynamodb

# What a page asks for: a partition, and perhaps what comes after a place in it.
PAGE = re.compile(r"^\s*([#\w]+)\s*=\s*(:\w+)(?:\s+AND\s+([#\w]+)\s*>\s*(:\w+))?\s*$", re.IGNORECASE)
ORDERS = "\0orders"

_asked = threading.local()
_query = dynamodb._query
_index_members = dynamodb._index_members
_index_item = dynamodb._index_item


def install() -> None:
    dynamodb._query = _remembering
    dynamodb._index_members = _narrowed
    dynamodb._index_item = _ordered
    for name, value in list(vars(dynamodb).items()):
        if isinstance(value, dict) and value.get("Query") is _query:
            value["Query"] = _remembering


def _remembering(data):
    _asked.page = data
    try:
        return _query(data)
    finally:
        _asked.page = None


def _place(table, item):
    """Where an item stands within its partition, after its range key."""
    return tuple(dynamodb._extract_key_val(item[name]) for name in (table["pk_name"], table["sk_name"]) if name)


def _range_of(table, index):
    """The range key of an index, if there is one and it is a text."""
    _, ranges = dynamodb._index_key_lists(dynamodb._index_def(table, index) or {})
    return ranges[0] if len(ranges) == 1 and dynamodb._get_attr_type(table, ranges[0]) == "S" else None


def _start(table, data, range_key):
    """What the page begins after; nothing where this is no page of that kind."""
    page = PAGE.match(data.get("KeyConditionExpression") or "")
    plain = data.get("Limit") and data.get("ScanIndexForward", True) and not data.get("FilterExpression")
    if not page or not plain or data.get("Select") == "COUNT":
        return None
    after = ("",)
    if page[3]:
        if data.get("ExpressionAttributeNames", {}).get(page[3], page[3]) != range_key:
            return None
        # Greater than every place with this very range key.
        after = (data["ExpressionAttributeValues"][page[4]]["S"], "\U0010ffff")
    start = data.get("ExclusiveStartKey")
    return max(after, (start[range_key]["S"], *_place(table, start))) if start else after


def _narrowed(table):
    members = _index_members(table)
    data = getattr(_asked, "page", None)
    index = data.get("IndexName") if data else None
    range_key = _range_of(table, index) if index in members else None
    after = _start(table, data, range_key) if range_key else None
    if after is None:
        return members
    orders = members.setdefault(ORDERS, {})

    class Partition(dict):
        def get(self, partition, default=()):
            order = orders.get((index, partition))
            if order is None:
                items = table["items"]
                order = sorted(
                    (items[pk][sk][range_key]["S"], pk, sk) for pk, sk in members[index].get(partition, ())
                )
                orders[(index, partition)] = order
            first = bisect.bisect_right(order, after)
            return [(pk, sk) for _, pk, sk in order[first : first + int(data["Limit"]) + 1]]

    return {index: Partition()}


def _ordered(table, base_pk, base_sk, item, add):
    _index_item(table, base_pk, base_sk, item, add)
    orders = (table.get(dynamodb._INDEX_MEMBERS) or {}).get(ORDERS)
    if not orders:
        return
    for name, hashes, ranges in dynamodb._index_key_schemas(table):
        order = orders.get((name, dynamodb._index_partition(item, hashes, ranges)))
        if order is None:
            continue
        place = (item[ranges[0]]["S"], base_pk, base_sk)
        found = bisect.bisect_left(order, place)
        there = found < len(order) and order[found] == place
        if add and not there:
            order.insert(found, place)
        elif not add and there:
            del order[found]
