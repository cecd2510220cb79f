"""What the AI Act looks at in a tool, as named conditions over it."""

from django.db.models import Q

from processors.choices import ToolKind

# Emotion inference by whom and from what (AI Act, Art. 5(1)(f), 50(3)).
EMOTION_AGENTS_BIOMETRIC = Q(emotion_agents_voice=True) | Q(emotion_agents_face=True)
EMOTION_AGENTS = EMOTION_AGENTS_BIOMETRIC | Q(emotion_agents_text=True)
EMOTION_CUSTOMERS = (
    Q(emotion_customers_voice=True)
    | Q(emotion_customers_face=True)
    | Q(emotion_customers_text=True)
)
# Whom a person takes for somebody to talk to (AI Act, Art. 50(1)).
TALKING = (ToolKind.CHATBOT, ToolKind.VOICEBOT)
TALKS_TO_PEOPLE = Q(kind__in=TALKING) | Q(kind=ToolKind.IVR, uses_ai=True)
