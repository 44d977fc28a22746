/* Records as checks give them to be published, one of each kind. */
/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_BASE_CURES_H
#define TESTS_UNIT_BASE_CURES_H

#define KEY \
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu5oIUrFDWZK7F4thFxpZa3x"

static const char *const cures[] = {
	"lookups.test. IN TXT \"v=spf1 ip4:192.0.2.50 mx "
	"include:_spf-a.esp.test include:_spf-b.esp.test "
	"include:_spf-c.esp.test ip4:192.0.2.51 -all\" ; was \"v=spf1 a mx "
	"include:_spf-a.esp.test include:_spf-b.esp.test "
	"include:_spf-c.esp.test ip4:192.0.2.51 -all\"",
	"testing._domainkey.news.example.test. IN TXT \"v=DKIM1; k=rsa; p=" KEY
	"" KEY "" KEY "\" \"" KEY "IDAQAB\" ; was \"v=DKIM1; k=rsa; t=y; "
	"p=" KEY "" KEY "" KEY "" KEY "IDAQAB\"",
	"_dmarc.hostile.test. IN TXT \"v=DMARC1; p=none\" ; was \"v=DMARC1; "
	"p=\\027[7mreject; x=\\000\\000\"",
	"_mta-sts.everybody.dnsbl.test. IN TXT \"v=STSv1; id=1\" ; first "
	"https://mta-sts.everybody.dnsbl.test/.well-known/mta-sts.txt with "
	"the lines version: STSv1, mode: testing, max_age: 604800 and mx: "
	"HOST for each MX host",
	"_smtp._tls.lookups.test. IN TXT \"v=TLSRPTv1; "
	"rua=mailto:tlsrpt@lookups.test\"",
	"6.6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
	"ip6.arpa. IN PTR mail.listed.test. ; with mail.listed.test. IN AAAA "
	"2001:db8::66",
	"40.2.0.192.in-addr.arpa. IN PTR mail.noptr.test. ; with "
	"mail.noptr.test. IN A 192.0.2.40",
	"\\027[2jcls.\\226\\128\\174live.hostile.test. IN A 192.0.2.105",
	"mx.example.test. IN AAAA 2001:db8::25",
	"news.example.test. IN MX 10 mx1.a-long-name-of-a-host.example.test. "
	"; was mail.example.test.",
	"_25._tcp.mx1.a-long-name-of-a-host.example.test. IN TLSA 3 1 1 "
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef ; "
	"was 3 1 1 "
	"fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210 and "
	"2 1 1 "
	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
	"s1.provider.test. IN TXT \"v=DKIM1; p=\" ; "
	"s1._domainkey.news.example.test is an alias of that name",
};

#undef KEY

#endif
