using System.Data.Common;
using Npgsql;

namespace ImOrleans.Storage.Postgres;

/// <summary>Says in words what a database that failed needs.</summary>
internal static class PostgresErrors
{
    /// <summary>Whether a failure is the database's.</summary>
    public static bool IsOfDatabase(Exception failure) => failure is DbException or TimeoutException or IOException;

    public static StorageUnavailableException Explain(Exception failure)
    {
        var reason = (failure as PostgresException)?.SqlState switch
        {
            PostgresErrorCodes.InsufficientPrivilege =>
                "lets its user not make or use the tables; apply deploy/k8s/base/sql to it as its owner",
            PostgresErrorCodes.DiskFull => "cannot grow: the disk is full",
            PostgresErrorCodes.ReadOnlySqlTransaction => "cannot be written to",
            PostgresErrorCodes.UndefinedTable => "lacks the tables; apply deploy/k8s/base/sql to it",
            null => "cannot be reached or gave no answer",
            _ => "refused an operation",
        };
        // The message of the provider names host, user or statement, never the password.
        return new($"The PostgreSQL database {reason}: {failure.Message}", failure);
    }
}
