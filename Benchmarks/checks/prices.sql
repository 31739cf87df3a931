-- A table of 120,000 prices, made of numbers alone: every run makes the same one. Some rows are wrong on purpose.
CREATE TABLE prices AS
SELECT
    'SKU' || lpad((n / 2)::text, 8, '0') AS sku,
    (ARRAY['aws', 'azure', 'gcp'])[n % 3 + 1] AS provider,
    (ARRAY['compute', 'storage', 'network', 'kubernetes', 'balancer'])[n / 7 % 5 + 1] AS service,
    (ARRAY['eu-west-1', 'us-east-1', 'us-west-2', 'af-south-1', 'ap-south-2'])[n / 11 % 5 + 1] AS region,
    CASE WHEN n % 1000 = 0 THEN NULL ELSE (ARRAY['OnDemand', 'Reserved', 'n/a'])[n / 13 % 3 + 1] END AS term,
    (CASE WHEN n % 10 < 2 THEN n % 10 * 100 ELSE 0 END)::numeric AS tier_start,
    CASE WHEN n % 10 = 0 THEN 100 WHEN n % 5000 = 4 THEN 50 END::numeric AS tier_end,
    CASE WHEN n % 37 = 0 THEN 0 ELSE (n % 7919) * 0.000123 END::numeric AS price,
    CASE WHEN n % 60000 = 59999 THEN 'usd' ELSE 'USD' END AS currency,
    (ARRAY['Hrs', 'GB-Mo', 'Requests', '1 Hour', 'GiBy.h'])[n % 5 + 1] AS unit,
    (n % 500)::text || CASE WHEN n % 3 = 0 THEN ',5' ELSE '' END AS quantity_text,
    n % 90 AS age_days,
    n::bigint AS source_offset,
    (n % 97) / 7.0::double precision AS weight,
    DATE '2025-04-20' - n % 30 AS effective_day,
    TIMESTAMP '2025-04-21 09:00:00' - n * INTERVAL '1 second' AS effective_from,
    TIMESTAMPTZ '2025-04-21 09:30:00+00' - n * INTERVAL '1 second' AS loaded_at
FROM generate_series(0, 119999) AS n;

CREATE TABLE regions AS
SELECT code FROM unnest(ARRAY['eu-west-1', 'us-east-1', 'us-west-2', 'af-south-1']) AS code;

CREATE TABLE retired AS
SELECT DISTINCT sku, provider FROM prices WHERE source_offset BETWEEN 100 AND 160;

CREATE TABLE prices_copy AS SELECT * FROM prices WHERE source_offset < 119990;
CREATE TABLE price_empty (sku text, price numeric, seen timestamp);

-- Texts for the named formats: right, wrong and odd ones of each.
CREATE TABLE samples AS
SELECT n AS id, text FROM unnest(ARRAY[
    '1', '-1', '+1', ' 12 ', '- 7', '1.5', '1,5', '.5', ',5', '1.', '0', '000', '-0.0', '12e3', '1 000', 'x', '',
    '5%', '-5.5 %', '+ 3,25%', '.5%', '%', '10 USD', '10,5 eur', '1,234.50 USD', '1.234,50 EUR', '-3 usd', '3 Usd',
    '12/31/2024', '31/12/2024', '2024/12/31', '1-1-99', '31.12.24', '2024-12-31', '20241231', '2024-W52-7', '2024-366',
    '2024-12-31T23:59:59Z', '2024-12-31 23:59:59.123+01:00', '2024-13-01', '2024-12-32', '2024-12-31T24:00',
    '23:59', '23:59:59', '9:5', '12:30:15', '24:00', '11:60', '00:00:00.5', '0:0:0', '13:00',
    '123e4567-e89b-12d3-a456-426614174000', '123E4567E89B12D3A456426614174000', '123e4567-e89b-12d3-a456-42661417400',
    '192.168.0.1', '999.999.999.999', '1.2.3', '::', '::1', 'fe80::1%eth0', 'fe80:::%0', '2001:db8::8a2e:370:7334',
    '2001:0db8:85a3:0000:0000:8a2e:0370:7334', '1:2:3:4:5:6:7::', '::2:3:4:5:6:7:8', '1::8', '1:2:3:4:5:6:7:8:9',
    '::ffff:192.0.2.128', '::ffff:0:255.255.255.255', '64:ff9b::192.0.2.33', '12345::', '::ffff:256.0.0.1',
    'a@b.co', 'jörg@bücher.de', 'a b@c.de', 'a@b', 'first.last+tag@sub.example.org', 'x@y.museum',
    '555-1234', '(555) 555-1234', '+1 555-555-1234', '5551234', '+123 555 555 1234', '555.555.1234',
    '4111111111111111', '4111-1111-1111-1111', '4111 1111 1111 1111', '123', '12345678901234', 'a123456789012345'
]) WITH ORDINALITY AS t (text, n);

ANALYZE;
