"""What happened: who received which personal data, and why; what was changed, and by whom.

audit        the entry that every read of personal data and every change leaves behind
reads        the entries of a read, part of the reading statement
writes       the entries of a change, or of its refusal
changes      the change row of each written row, part of the writing statement
feed         the change rows in an order that loses none
bell         tells whoever follows the feed that there is something new
proof        whether the rows match their change rows
idempotency  a request that is sent again has its effect once
"""
