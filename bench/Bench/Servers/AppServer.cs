using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;

namespace ImOrleans.Bench.Servers;

/// <summary>Makes the signed calls of an app's own server.</summary>
internal static class AppServer
{
    /// <summary>Users that one call may name.</summary>
    private const int UsersOfCallMax = 1000;

    /// <summary>Makes a group.</summary>
    /// <exception cref="InvalidOperationException">The server refused.</exception>
    public static void MakeGroup(ServerProcess server, string group, IReadOnlyList<string> members)
    {
        using var client = new HttpClient { BaseAddress = new($"http://{server.Address}") };
        var path = "/group/create";
        foreach (var some in members.Chunk(UsersOfCallMax))
        {
            Call(client, path, new { groupId = group, name = group, userIds = some });
            path = "/group/join";
        }
    }

    private static void Call(HttpClient client, string path, object body)
    {
        var nonce = Guid.NewGuid().ToString("N");
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        // As the protocol has it.
#pragma warning disable CA5350
        var hash = SHA1.HashData(Encoding.UTF8.GetBytes(RtmFlavor.Secret + nonce + timestamp));
#pragma warning restore CA5350
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("App-Key", RtmFlavor.Secret);
        request.Headers.Add("Nonce", nonce);
        request.Headers.Add("Timestamp", timestamp);
        request.Headers.Add("Signature", Convert.ToHexStringLower(hash));
        using var answer = client.SendAsync(request).GetAwaiter().GetResult();
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(
                $"{path} was refused: {answer.Content.ReadAsStringAsync().GetAwaiter().GetResult()}");
    }
}
