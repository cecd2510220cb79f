from audit.resources import AuditedResource
from processors.models import Organisation


class OrganisationResource(AuditedResource):
    class Meta:
        model = Organisation
        fields = (
            "uuid",
            "slug",
            "name",
            "is_own",
            "nip",
            "krs",
            "country",
            "address",
            "email",
            "phone",
            "representative",
            "dpo_name",
            "dpo_email",
            "dpo_phone",
            "diligence",
            "diligence_on",
            "diligence_review_on",
            "diligence_note",
        )
