const { aws_certificatemanager: acm, aws_route53: route53 } = require('aws-cdk-lib');

module.exports = {
  certificate: (stack) => {
    const zone = new route53.PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' });
    new acm.Certificate(stack, 'Certificate', {
      domainName: 'example.com',
      subjectAlternativeNames: ['*.example.com'],
      validation: acm.CertificateValidation.fromDns(zone),
    });
  },
  certificate_by_hand: (stack) => void new acm.Certificate(stack, 'Certificate', {
    domainName: 'example.com', validation: acm.CertificateValidation.fromDns(),
  }),
};
