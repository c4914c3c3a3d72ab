using ImOrleans.Gateway.Auth;

namespace ImOrleans.Gateway.Tests.Auth;

public sealed class AppCredentialsStoreTests : IDisposable
{
    private const string Key = Tokens.AppKey;
    private const string Secret = Tokens.Secret;

    private readonly string _directory = Directory.CreateTempSubdirectory("imorleans-auth-").FullName;

    private string FilePath => Path.Combine(_directory, "app.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Configured_values_win_in_lower_case_and_no_file_is_made(bool isDevelopment)
    {
        var credentials = AppCredentialsStore.LoadOrCreate(_directory, Key.ToUpperInvariant(), Secret, isDevelopment);
        Assert.Equal((Key, Secret), (credentials.Key, credentials.Secret));
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public void The_signing_key_is_the_text_of_the_secret_in_lower_case() => Assert.Equal(
        "0123456789abcdef0123456789abcdef"u8.ToArray(),
        new AppCredentials(Key, Secret.ToUpperInvariant()).GetSigningKey());

    [Fact]
    public void The_secret_is_not_in_the_text_of_the_credentials() =>
        Assert.Equal(Key, new AppCredentials(Key, Secret).ToString());

    [Theory]
    [InlineData("abc", Secret, "App:Key")]
    [InlineData(" " + Key, Secret, "App:Key")]
    [InlineData(Key + "\n", Secret, "App:Key")]
    [InlineData(Key, "0123456789abcdef0123456789abcdeg", "App:Secret")]
    [InlineData(Key, "０123456789abcdef0123456789abcdef", "App:Secret")]
    [InlineData(null, "short", "App:Secret")]
    public void A_malformed_setting_is_named_and_not_repeated(string? key, string? secret, string setting)
    {
        foreach (var isDevelopment in new[] { true, false })
        {
            var error = Assert.Throws<AppCredentialsException>(
                () => AppCredentialsStore.LoadOrCreate(_directory, key, secret, isDevelopment));
            Assert.Equal($"The setting {setting} must be 32 hexadecimal digits.", error.Message);
        }

        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Theory]
    [InlineData(null, null, "App:Key and App:Secret are not set.")]
    [InlineData("", "", "App:Key and App:Secret are not set.")]
    [InlineData(Key, null, "App:Secret is not set.")]
    [InlineData(null, Secret, "App:Key is not set.")]
    public void Outside_development_a_missing_setting_is_named(string? key, string? secret, string start)
    {
        var error = Assert.Throws<AppCredentialsException>(
            () => AppCredentialsStore.LoadOrCreate(_directory, key, secret, isDevelopment: false));
        Assert.StartsWith(start, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public void Outside_development_the_kept_pair_is_not_used()
    {
        AppCredentialsStore.LoadOrCreate(_directory, null, null, isDevelopment: true);
        Assert.Throws<AppCredentialsException>(
            () => AppCredentialsStore.LoadOrCreate(_directory, null, null, isDevelopment: false));
    }

    [Fact]
    public void In_development_a_pair_is_made_once_and_found_again()
    {
        var directory = Path.Combine(_directory, "not", "there", "yet");
        var made = AppCredentialsStore.LoadOrCreate(directory, null, null, isDevelopment: true);
        var found = AppCredentialsStore.LoadOrCreate(directory, "", "", isDevelopment: true);
        Assert.Matches("^[0-9a-f]{32}$", made.Key);
        Assert.Matches("^[0-9a-f]{32}$", made.Secret);
        Assert.NotEqual(made.Key, made.Secret);
        Assert.Equal((made.Key, made.Secret), (found.Key, found.Secret));
        Assert.Equal([Path.Combine(directory, "app.json")], Directory.GetFiles(directory));
    }

    [Fact]
    public void The_file_is_readable_by_its_owner_only()
    {
        if (OperatingSystem.IsWindows()) return;
        AppCredentialsStore.LoadOrCreate(_directory, null, null, isDevelopment: true);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void A_configured_half_is_combined_with_the_kept_other_and_never_written()
    {
        var half = AppCredentialsStore.LoadOrCreate(_directory, Key, null, isDevelopment: true);
        var kept = AppCredentialsStore.LoadOrCreate(_directory, null, null, isDevelopment: true);
        Assert.Equal(Key, half.Key);
        Assert.Equal(kept.Secret, half.Secret);
        Assert.NotEqual(Key, kept.Key);
        var other = AppCredentialsStore.LoadOrCreate(_directory, null, Secret, isDevelopment: true);
        Assert.Equal((kept.Key, Secret), (other.Key, other.Secret));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"key\":\"00112233445566778899aabbccddeeff\"}")]
    [InlineData("{\"key\":\"00112233445566778899aabbccddeeff\",\"secret\":\"0123\"}")]
    [InlineData("{\"key\":\"00112233445566778899aabbccddeeff\",\"secret\":12345678901234567890123456789012}")]
    [InlineData("{\"key\":\"00112233445566778899aabbccddeeff\",\"secret\":\"0123456789abcdef01")]
    [InlineData("\0\0\0\0")]
    public void A_damaged_file_is_an_error_and_stays_as_it_is(string content)
    {
        File.WriteAllText(FilePath, content);
        var error = Assert.Throws<AppCredentialsException>(
            () => AppCredentialsStore.LoadOrCreate(_directory, null, null, isDevelopment: true));
        Assert.Contains(FilePath, error.Message, StringComparison.Ordinal);
        Assert.Contains("delete it", error.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(FilePath));
    }

    [Fact]
    public void A_huge_file_is_damaged_too()
    {
        File.WriteAllText(FilePath, new string(' ', 100_000));
        Assert.Throws<AppCredentialsException>(
            () => AppCredentialsStore.LoadOrCreate(_directory, null, null, isDevelopment: true));
    }

    [Fact]
    public void A_place_where_nothing_can_be_kept_is_named()
    {
        var notADirectory = Path.Combine(_directory, "file");
        File.WriteAllText(notADirectory, "");
        var error = Assert.Throws<AppCredentialsException>(
            () => AppCredentialsStore.LoadOrCreate(notADirectory, null, null, isDevelopment: true));
        Assert.Contains(notADirectory, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Several hosts in one process, as tests start them: the file must not change under the first.</summary>
    [Fact]
    public void Hosts_started_at_the_same_time_agree_on_one_pair()
    {
        var secrets = new string[8];
        string Load() => AppCredentialsStore.LoadOrCreate(_directory, null, null, isDevelopment: true).Secret;
        var threads = Enumerable.Range(0, secrets.Length).Select(n => new Thread(() => secrets[n] = Load())).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Single(secrets.Distinct());
        Assert.Single(Directory.GetFiles(_directory));
    }
}
