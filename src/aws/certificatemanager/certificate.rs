//! Certificates.

use crate::aws::route53::HostedZone;
use crate::cfn::certificatemanager::certificate::DomainValidationOption;
use crate::cfn::{Tag, certificatemanager as acm};
use crate::core::{Construct, NodeId, Problem, Ref, Stack, StackRef, Value};

/// A certificate for TLS, which Certificate Manager renews by itself for as long as the records that prove its names stay.
///
/// The stack waits until the names are proven: in a zone of Route 53 the records are written for it; where the zone is
/// elsewhere, somebody must write them while it waits. A certificate for CloudFront must be in us-east-1.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::certificatemanager::CertificateSpec;
/// use formwork::aws::route53::HostedZoneSpec;
///
/// let zone = s.add("Zone", HostedZoneSpec::public("example.com"));
/// s.add("Certificate", CertificateSpec {
///     subject_alternative_names: vec!["*.example.com".into()],
///     ..CertificateSpec::new("example.com", &zone)
/// });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct CertificateSpec {
    /// The name it is for, up to 64 characters; `*.example.com` is for every name directly below. A change replaces it.
    pub domain_name: String,
    /// Other names it is for, up to 253 characters each. A change replaces it. Default: none.
    pub subject_alternative_names: Vec<String>,
    /// The zone that gets the records that prove the names. Default, with [`CertificateSpec::by_hand`]: none, somebody
    /// writes them where the zone is.
    pub validation_zone: Option<HostedZone>,
    /// What the console calls it. Default: the construct's path.
    pub certificate_name: Option<String>,
    /// The algorithm of its key: `RSA_2048`, `EC_prime256v1` or `EC_secp384r1`. A change replaces it. Default: `RSA_2048`,
    /// AWS's own.
    pub key_algorithm: Option<String>,
}

impl CertificateSpec {
    /// A certificate whose names are proven in a public zone, with the defaults of every field.
    #[must_use]
    pub fn new(domain_name: impl Into<String>, zone: &HostedZone) -> Self {
        Self { validation_zone: Some(zone.clone()), ..Self::by_hand(domain_name) }
    }

    /// A certificate whose names are proven by records that somebody writes while the stack waits.
    #[must_use]
    pub fn by_hand(domain_name: impl Into<String>) -> Self {
        Self {
            domain_name: domain_name.into(),
            subject_alternative_names: Vec::new(),
            validation_zone: None,
            certificate_name: None,
            key_algorithm: None,
        }
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.domain_name).chain(&self.subject_alternative_names)
    }

    fn check(&self, stack: &mut Stack) {
        let mut report = |check, message: String, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        let length = self.domain_name.chars().count();
        if length > 64 {
            let message = format!("the name of a certificate has {length} characters, and may have 64");
            report("length", message, "name a shorter one, and this one in `subject_alternative_names`");
        }
        let Some(zone) = &self.validation_zone else { return };
        if zone.private {
            let message =
                format!("the zone `{}` is private, and proves nothing to a certificate authority", zone.zone_name);
            return report("exclusive-properties", message, "prove the names in the public zone");
        }
        for name in self.names().filter(|name| !zone.holds(name)) {
            let message = format!("the zone `{}` cannot prove `{name}`", zone.zone_name);
            report("name", message, "a zone proves its own name and those below it");
        }
    }

    /// Where each name is proven: what proves a name proves all directly below it.
    fn validation(&self) -> Vec<DomainValidationOption> {
        let Some(zone) = &self.validation_zone else { return Vec::new() };
        let proven = |name: &&String| {
            let above = name.strip_prefix("*.");
            above.is_none_or(|above| !self.names().any(|other| other == above))
        };
        let option = |name| DomainValidationOption::new().domain_name(name).hosted_zone_id(&zone.hosted_zone_id);
        self.names().filter(proven).map(option).collect()
    }
}

/// A certificate that was added.
#[derive(Clone, Copy, Debug)]
pub struct Certificate {
    /// The certificate itself.
    pub certificate: Ref<acm::Certificate>,
}

impl Construct for CertificateSpec {
    type Out = Certificate;

    fn build(self, stack: &mut Stack) -> Certificate {
        self.check(stack);
        let path = stack.current().map(|node| stack.path_of(node).join("/")).unwrap_or_default();
        let path: String = format!("{}/{path}", stack.path()).chars().take(255).collect();
        let validation = self.validation();
        let mut certificate = acm::Certificate::new(&self.domain_name).validation_method("DNS");
        if !validation.is_empty() {
            certificate = certificate.domain_validation_options(validation);
        }
        if let Some(algorithm) = self.key_algorithm {
            certificate = certificate.key_algorithm(algorithm);
        }
        if !self.subject_alternative_names.is_empty() {
            certificate = certificate.subject_alternative_names(self.subject_alternative_names);
        }
        let name = self.certificate_name.unwrap_or(path);
        let certificate = stack.add("Resource", certificate.tags([Tag::new("Name", name)]));
        Certificate { certificate }
    }
}

impl Certificate {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        self.certificate.get_ref().into()
    }
}

impl From<&Certificate> for Value<String> {
    fn from(certificate: &Certificate) -> Self {
        certificate.arn()
    }
}

impl From<Certificate> for Value<String> {
    fn from(certificate: Certificate) -> Self {
        certificate.arn()
    }
}

impl From<&Certificate> for StackRef {
    fn from(certificate: &Certificate) -> Self {
        certificate.certificate.into()
    }
}

impl From<Certificate> for NodeId {
    fn from(certificate: Certificate) -> Self {
        certificate.certificate.node()
    }
}

#[cfg(feature = "iam")]
crate::aws::iam::has_arn! { Certificate, "a certificate"; }
