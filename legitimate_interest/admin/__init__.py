from legitimate_interest.admin.balance import BalanceTestAdmin
from legitimate_interest.admin.parts import BalanceAnswerAdmin, BalanceImpactAdmin
from legitimate_interest.admin.questions import BalanceQuestionAdmin

__all__ = [
    "BalanceAnswerAdmin",
    "BalanceImpactAdmin",
    "BalanceQuestionAdmin",
    "BalanceTestAdmin",
]
