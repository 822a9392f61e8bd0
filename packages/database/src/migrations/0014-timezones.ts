import { create, inBatches } from '../migrating/migration.js';

/*
 * known_zone names the zone whose rules hold for a client's time zone, or nothing where no rules are known: nobody is sent
 * to by the hours of UTC who did not ask for it.
 *
 * - CET, EET, MET and WET are zones with summer time. PostgreSQL reads them as abbreviations first, without summer time.
 * - Names that ICU took before there was a list, and that PostgreSQL lacks, mean what they mean to ICU: ECT is Paris.
 * - An abbreviation that PostgreSQL knows is read as PostgreSQL reads it, as it always was: IST is two hours ahead of UTC.
 * - Other names with a digit are none: PostgreSQL would take UTC+3 for three hours behind UTC, and Hut7 for a zone.
 * - Factory, localtime and their like are no place.
 *
 * Open ranges of those four go on by the rules of the zone; the query finds the open ones by their index. Ranges that
 * were laid out by the hours of UTC before, for want of a zone, end as they began.
 */
export const name = '0014-timezones';

const knownZone = `
CREATE OR REPLACE FUNCTION known_zone(zone text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  meant text := CASE upper(zone)
    WHEN 'CET' THEN 'Europe/Brussels' WHEN 'EET' THEN 'Europe/Athens'
    WHEN 'MET' THEN 'Europe/Brussels' WHEN 'WET' THEN 'Europe/Lisbon'
    WHEN 'AET' THEN 'Australia/Sydney' WHEN 'AGT' THEN 'America/Argentina/Buenos_Aires'
    WHEN 'BET' THEN 'America/Sao_Paulo' WHEN 'CAT' THEN 'Africa/Maputo'
    WHEN 'CNT' THEN 'America/St_Johns' WHEN 'CTT' THEN 'Asia/Shanghai'
    WHEN 'ECT' THEN 'Europe/Paris' WHEN 'IET' THEN 'America/Indiana/Indianapolis'
    WHEN 'MIT' THEN 'Pacific/Apia' WHEN 'NET' THEN 'Asia/Yerevan'
    WHEN 'PLT' THEN 'Asia/Karachi' WHEN 'PNT' THEN 'America/Phoenix'
    WHEN 'PRT' THEN 'America/Puerto_Rico' WHEN 'SST' THEN 'Pacific/Guadalcanal'
    WHEN 'VST' THEN 'Asia/Ho_Chi_Minh'
    WHEN 'US/PACIFIC-NEW' THEN 'America/Los_Angeles' WHEN 'CANADA/EAST-SASKATCHEWAN' THEN 'America/Regina'
    ELSE zone END;
BEGIN
  IF meant ~ '^[+-](0[0-9]|1[0-4]):?[0-5][0-9]$' THEN RETURN left(meant, 3) || ':' || right(meant, 2); END IF;
  IF meant ~ '[0-9]' AND meant !~* '^(Etc/GMT[+-]?([0-9]|1[0-4])|GMT[+-]?0|(EST5E|CST6C|MST7M|PST8P)DT)$'
    AND meant !~* '^SystemV/(AST4|EST5|CST6|MST7|PST8|YST9|HST10|AST4ADT|EST5EDT|CST6CDT|MST7MDT|PST8PDT|YST9YDT)$'
  THEN RETURN NULL; END IF;
  IF meant ~* '^(Factory|localtime|posixrules|right/.*)$' THEN RETURN NULL; END IF;
  PERFORM now() AT TIME ZONE meant;
  RETURN meant;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN NULL;
END
$$;
`;

const renameZones = `
UPDATE ranges SET timezone = known_zone(timezone) WHERE first_id IN (
  SELECT first_id FROM ranges WHERE NOT done AND upper(timezone) IN ('CET', 'EET', 'MET', 'WET') LIMIT 500)`;

export const steps = [
  create(knownZone),
  inBatches(renameZones),
  create(`ALTER TYPE message_reason ADD VALUE 'bad_timezone' AFTER 'bad_number'`),
];
