"""What a process is started with: settings, key files, log lines, hardening."""
