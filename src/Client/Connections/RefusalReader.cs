using System.Net;
using System.Text.Json;
using ImOrleans.Client.Wire;

namespace ImOrleans.Client.Connections;

/// <summary>
/// Reads why the server refused to open a WebSocket: its answer has a JSON body that <c>ClientWebSocket</c> does not
/// show.
/// </summary>
internal sealed class RefusalReader(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int BodyBytesMax = 16 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols
            || (response.IsSuccessStatusCode && response.Version.Major > 1))
        {
            return response;
        }

        using (response)
            throw Refusal(response.StatusCode, await ReadAsync(response, cancellationToken).ConfigureAwait(false));
    }

    private static RtmException Refusal(HttpStatusCode status, byte[] body)
    {
        WireReply? refusal = null;
        try
        {
            refusal = JsonSerializer.Deserialize<WireReply>(body, Json);
        }
        catch (JsonException)
        {
            // Not the server's own words: those of something in between.
        }

        if (refusal is { Code: not 0 })
            return refusal.ToException();
        var rejected = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest;
        return RtmException.Of(
            rejected ? RtmErrorCodes.LoginRejected : RtmErrorCodes.NotConnected,
            $"The server answered with status {(int)status}.",
            retryable: !rejected);
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var body = new byte[BodyBytesMax];
        var read = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken)
            .ConfigureAwait(false);
        return body[..read];
    }
}
