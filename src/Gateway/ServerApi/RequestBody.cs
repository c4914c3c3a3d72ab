using System.Buffers;
using System.Text.Json;
using ImOrleans.Gateway.Protocols.SignalR;
using Microsoft.AspNetCore.Http;

namespace ImOrleans.Gateway.ServerApi;

/// <summary>Reads the JSON object that a call brings.</summary>
internal static class RequestBody
{
    /// <summary>As long as a frame of the hub.</summary>
    public const int BytesMax = RtmHubProtocol.FrameBytesMax;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The reader of its fields; or why there is none.</summary>
    /// <param name="context">The call.</param>
    /// <param name="malformed">The code of a field that is missing or of a wrong type.</param>
    public static async Task<(RequestReader? Read, ServerApiRefusal? Refusal)> ReadAsync(
        HttpContext context, ErrorCode malformed = ErrorCode.InvalidParameter)
    {
        if (!context.Request.HasJsonContentType())
            return (null, ServerApiRefusal.Parameter("The body must be JSON, and its Content-Type application/json.") with
            {
                Status = StatusCodes.Status415UnsupportedMediaType,
            });
        var tooLong = ServerApiRefusal.Parameter($"The body has more than {BytesMax} bytes.") with
        {
            Status = StatusCodes.Status413PayloadTooLarge,
        };
        try
        {
            var reader = context.Request.BodyReader;
            var read = await reader.ReadAtLeastAsync(BytesMax + 1, context.RequestAborted);
            var bytes = read.Buffer.Length <= BytesMax ? read.Buffer.ToArray() : null;

            // Of a body that is too long, the web server takes the rest, within bounds of its own: the client hears why.
            reader.AdvanceTo(read.Buffer.End);
            if (bytes is null)
                return (null, tooLong);
            using var document = JsonDocument.Parse(bytes, Strict);
            var fields = new RequestReader(new HubRequest(document.RootElement.Clone(), false), malformed);
            return fields.Refusal is { } refusal ? (null, ServerApiRefusal.Parameter(refusal.Message!)) : (fields, null);
        }
        catch (JsonException)
        {
            return (null, ServerApiRefusal.Parameter("The body is not JSON, or names a property twice."));
        }
        catch (BadHttpRequestException)
        {
            return (null, tooLong);
        }
    }
}
