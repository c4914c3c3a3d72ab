using System.Runtime.Versioning;
using ImOrleans.Storage.Sqlite;

namespace ImOrleans.Storage.Tests;

/// <summary>Database files are for the server's own user. On Windows there are no such modes, and nothing to see.</summary>
public sealed class SqliteFileModeTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everybody = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly TempDirectory _directory = new();

    private string Database => _directory.File("grains.db");

    private string[] All => [Database, Database + "-wal", Database + "-shm"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_new_database_and_what_is_beside_it_is_for_its_owner_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        using var connection = SqliteFile.Open(Database);
        connection.Execute("CREATE TABLE t (x);");
        AssertModes(OwnerOnly);
    }

    [Fact]
    public void A_database_that_others_could_read_is_closed_to_them_with_all_that_is_in_it()
    {
        if (OperatingSystem.IsWindows()) return;
        using var first = SqliteFile.Open(Database);
        first.Execute("CREATE TABLE t (x); INSERT INTO t VALUES (1);");
        foreach (var file in All)
            File.SetUnixFileMode(file, Everybody);
        AssertModes(Everybody);

        using var second = SqliteFile.Open(Database);
        AssertModes(OwnerOnly);
        using var count = second.CreateCommand();
        count.CommandText = "SELECT COUNT(*) FROM t;";
        Assert.Equal(1L, count.ExecuteScalar());
    }

    [Fact]
    public void Opening_a_database_ends_no_lock_that_another_connection_has_of_it()
    {
        using var first = SqliteFile.Open(Database);
        first.Execute("CREATE TABLE t (x); BEGIN IMMEDIATE;");
        using var second = SqliteFile.Open(Database, TimeSpan.FromMilliseconds(1));
        Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => second.Execute("BEGIN IMMEDIATE;"));
    }

    [UnsupportedOSPlatform("windows")]
    private void AssertModes(UnixFileMode mode) => Assert.All(All, file => Assert.Equal(mode, File.GetUnixFileMode(file)));
}
