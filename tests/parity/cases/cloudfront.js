const { aws_certificatemanager: acm, aws_cloudfront: cloudfront, aws_cloudfront_origins: origins, aws_s3: s3 } = require('aws-cdk-lib');

const { REDIRECT_TO_HTTPS, HTTPS_ONLY } = cloudfront.ViewerProtocolPolicy;

module.exports = {
  distribution_of_a_bucket: (stack) => {
    const bucket = new s3.Bucket(stack, 'Bucket', { enforceSSL: true });
    new cloudfront.Distribution(stack, 'Distribution', {
      defaultRootObject: 'index.html',
      defaultBehavior: {
        origin: origins.S3BucketOrigin.withOriginAccessControl(bucket), viewerProtocolPolicy: REDIRECT_TO_HTTPS,
      },
    });
  },
  distribution_with_options: (stack) => {
    const api = new origins.HttpOrigin('api.example.com', { originPath: '/v1', customHeaders: { 'X-From': 'cloudfront' } });
    new cloudfront.Distribution(stack, 'Distribution', {
      defaultBehavior: {
        origin: new origins.HttpOrigin('www.example.com'), viewerProtocolPolicy: REDIRECT_TO_HTTPS,
        responseHeadersPolicy: cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
      },
      additionalBehaviors: {
        '/api/*': {
          origin: api, viewerProtocolPolicy: HTTPS_ONLY, allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
          cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
          originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        },
        '/health': { origin: api, viewerProtocolPolicy: REDIRECT_TO_HTTPS, compress: false },
      },
      certificate: acm.Certificate.fromCertificateArn(
        stack, 'Certificate', 'arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012'),
      domainNames: ['www.example.com'],
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      errorResponses: [{ httpStatus: 404, responsePagePath: '/404.html' }],
      geoRestriction: cloudfront.GeoRestriction.allowlist('CH', 'FR'),
      priceClass: cloudfront.PriceClass.PRICE_CLASS_100,
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      comment: 'the site',
    });
  },
};
