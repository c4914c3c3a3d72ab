ALTER TABLE imorleans_log_entry ADD COLUMN absences text COLLATE "C";
