//! Certificates.

use formwork::Stack;
use formwork::aws::certificatemanager::CertificateSpec;
use formwork::aws::route53::HostedZoneSpec;

use super::Case;

pub const CASES: &[Case] = &[("certificate", certificate), ("certificate_by_hand", certificate_by_hand)];

fn certificate(s: &mut Stack) {
    let zone = s.add("Zone", HostedZoneSpec::public("example.com"));
    let spec = CertificateSpec {
        subject_alternative_names: vec!["*.example.com".into()],
        ..CertificateSpec::new("example.com", &zone)
    };
    s.add("Certificate", spec);
}

fn certificate_by_hand(s: &mut Stack) {
    s.add("Certificate", CertificateSpec::by_hand("example.com"));
}
