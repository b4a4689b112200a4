"""The reviewer command, one small module a command."""
