from legitimate_interest.models.answers import BalanceAnswer, BalanceImpact
from legitimate_interest.models.balance import BalanceTest
from legitimate_interest.models.questions import BalanceQuestion

__all__ = ["BalanceAnswer", "BalanceImpact", "BalanceQuestion", "BalanceTest"]
