using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ImOrleans.Gateway.Auth;

/// <summary>The app's credentials cannot be had; the message tells the operator what to set or to repair.</summary>
public sealed class AppCredentialsException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>Finds the app's credentials: the configured ones, or in Development a pair made once and kept.</summary>
public static class AppCredentialsStore
{
    /// <summary>The name of the file in the data directory that keeps a generated pair.</summary>
    public const string FileName = "app.json";

    private const int FileBytesMax = 4 * 1024;
    private static readonly Lock Making = new();

    /// <summary>Gives the credentials, making them if it must and may.</summary>
    /// <remarks>
    /// <para>A configured value always wins. In Development a missing one is taken from
    /// <c>&lt;dataDirectory&gt;/app.json</c>; if that file is not there, it is made with a random pair, readable by its
    /// owner only. It appears whole or not at all. Threads of one process agree on one pair; two processes must not
    /// share a directory at their first start. Configured values are never written to it.</para>
    /// <para>A file that is there is never replaced: tokens were signed with its secret.</para>
    /// <para>Outside Development the file is neither read nor made.</para>
    /// </remarks>
    /// <param name="dataDirectory">Where the server keeps its data; made if missing.</param>
    /// <param name="configuredKey">The setting <c>App:Key</c>; null or empty if it is not set.</param>
    /// <param name="configuredSecret">The setting <c>App:Secret</c>; null or empty if it is not set.</param>
    /// <param name="isDevelopment">Whether missing ones may be made.</param>
    /// <exception cref="AppCredentialsException">
    /// A setting is malformed or missing, or the file cannot be used.
    /// </exception>
    public static AppCredentials LoadOrCreate(
        string dataDirectory, string? configuredKey, string? configuredSecret, bool isDevelopment)
    {
        var key = ReadSetting("App:Key", configuredKey);
        var secret = ReadSetting("App:Secret", configuredSecret);
        if (key is not null && secret is not null) return new AppCredentials(key, secret);
        if (!isDevelopment) throw Missing(key, secret);

        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        var path = Path.Combine(dataDirectory, FileName);
        AppCredentials kept;
        lock (Making) kept = ReadFile(path) ?? Create(dataDirectory, path);
        return new AppCredentials(key ?? kept.Key, secret ?? kept.Secret);
    }

    private static string? ReadSetting(string name, string? value)
    {
        if (string.IsNullOrEmpty(value)) return null;
        return AppCredentials.TryNormalise(value, out var normal)
            ? normal
            : throw new AppCredentialsException(
                $"The setting {name} must be {AppCredentials.Digits} hexadecimal digits.");
    }

    private static AppCredentialsException Missing(string? key, string? secret)
    {
        var names = (key, secret) switch
        {
            (null, null) => "App:Key and App:Secret are",
            (null, _) => "App:Key is",
            _ => "App:Secret is",
        };
        return new AppCredentialsException(
            $"{names} not set. Both are required, {AppCredentials.Digits} hexadecimal digits each, "
            + "outside Development and in a cluster "
            + "(environment App__Key and App__Secret); 'openssl rand -hex 16' makes one.");
    }

    private static AppCredentials? ReadFile(string path)
    {
        try
        {
            if (!File.Exists(path)) return null;
            if (new FileInfo(path).Length > FileBytesMax) throw Damaged(path, null);
            var kept = JsonSerializer.Deserialize(File.ReadAllBytes(path), AppFileJsonContext.Default.AppFile);
            return kept is { Key: { } key, Secret: { } secret }
                ? new AppCredentials(key, secret)
                : throw Damaged(path, null);
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException)
        {
            throw Damaged(path, broken);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new AppCredentialsException($"The app's credentials in '{path}' cannot be read.", unreadable);
        }
    }

    private static AppCredentialsException Damaged(string path, Exception? cause) => new(
        $"'{path}' does not hold the app's credentials, a JSON object with \"key\" and \"secret\" of "
        + $"{AppCredentials.Digits} hexadecimal digits. Restore it; or set App:Key and App:Secret; or delete it to "
        + "have a new pair made, which makes every token issued so far invalid.",
        cause);

    private static AppCredentials Create(string dataDirectory, string path)
    {
        var made = new AppCredentials(RandomDigits(), RandomDigits());
        try
        {
            Directory.CreateDirectory(dataDirectory);
            var temporary = $"{path}.{RandomDigits()}.tmp";
            try
            {
                WriteThrough(temporary, made);
                File.Move(temporary, path, overwrite: false);
                return made;
            }
            finally
            {
                File.Delete(temporary);
            }
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw new AppCredentialsException(
                $"The app's credentials cannot be kept in '{path}'. "
                + "Make the directory writable, or set App:Key and App:Secret.",
                unwritable);
        }
    }

    private static void WriteThrough(string path, AppCredentials credentials)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        JsonSerializer.Serialize(
            file, new AppFile(credentials.Key, credentials.Secret), AppFileJsonContext.Default.AppFile);
        file.Flush(flushToDisk: true);
    }

    private static string RandomDigits() => RandomNumberGenerator.GetHexString(AppCredentials.Digits, lowercase: true);
}

/// <summary>What <c>app.json</c> holds.</summary>
internal sealed record AppFile(string? Key, string? Secret);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(AppFile))]
internal sealed partial class AppFileJsonContext : JsonSerializerContext;
