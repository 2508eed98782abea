"""What happened: who received which personal data, and why.

audit   the entry that every read of personal data leaves behind
"""
