using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ImOrleans.ClientKit;

/// <summary>Calls a server as the app's own servers do, from the documentation alone: each call is signed.</summary>
/// <param name="server">Where it listens.</param>
/// <param name="appKey">The app's key, as configured.</param>
/// <param name="secret">The app's secret, as configured.</param>
public sealed class AppServer(Uri server, string appKey, string secret) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = server, Timeout = RtmClient.Patience };

    /// <summary>Calls; the status of HTTP and the answer.</summary>
    public async Task<(int Status, JsonElement Body)> PostAsync(string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative));
        request.Content = JsonContent.Create(body);
        var nonce = Guid.NewGuid().ToString("N");
        var time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
#pragma warning disable CA5350 // Named by the protocol.
        var signature = SHA1.HashData(Encoding.UTF8.GetBytes(secret + nonce + time));
#pragma warning restore CA5350
        request.Headers.Add("App-Key", appKey);
        request.Headers.Add("Nonce", nonce);
        request.Headers.Add("Timestamp", time);
        request.Headers.Add("Signature", Convert.ToHexStringLower(signature));
        using var response = await _http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();
}
