-- role: login
-- Runs as the login role, which needs CREATEROLE and CREATE on the database, not superuser. Later files run as
-- supreme_owner, so that every object belongs to a role nobody logs in as. Roles are shared by all databases of a
-- server, hence another database's migration may make them at the same moment: losing that race is success.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['supreme_owner', 'supreme_writer', 'supreme_reader', 'supreme_auditor'] LOOP
    IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
      END;
    END IF;
    IF NOT pg_catalog.pg_has_role(current_user, wanted, 'MEMBER') THEN
      BEGIN
        EXECUTE format('GRANT %I TO %I', wanted, current_user);
      EXCEPTION WHEN unique_violation THEN
        NULL;
      END;
    END IF;
  END LOOP;
  EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO supreme_owner', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO supreme_writer, supreme_reader, supreme_auditor', current_database());
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END
$$;

GRANT USAGE ON SCHEMA public TO supreme_owner, supreme_writer, supreme_reader, supreme_auditor;
GRANT ALL ON public.schema_migrations TO supreme_owner;
GRANT SELECT ON public.schema_migrations TO supreme_writer, supreme_reader, supreme_auditor;
