const byId = (id) => document.getElementById(id);
const euros = (cents) => `${(cents / 100).toFixed(2)} €`;

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

async function call(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  return body;
}

async function order(productId) {
  try {
    const body = JSON.stringify({ productId, quantity: 1, customer: byId("customer").value });
    const { order: placed } = await call("/api/orders", { method: "POST", body });
    byId("answer").textContent = `Order ${placed.id} placed.`;
  } catch (error) {
    byId("answer").textContent = error.message;
  }
}

async function showProducts() {
  const { products } = await call("/api/products");
  byId("products").replaceChildren(
    ...products.map((product) => {
      const row = document.createElement("tr");
      const button = element("button", "Order one");
      button.disabled = product.stock === 0;
      button.addEventListener("click", () => order(product.id));
      const cell = document.createElement("td");
      cell.append(button);
      row.append(
        element("td", product.name),
        element("td", euros(product.priceCents)),
        element("td", product.stock),
        cell,
      );
      return row;
    }),
  );
}

async function showOrders() {
  const { orders } = await call("/api/orders");
  byId("orders").replaceChildren(
    ...orders.map(({ id, quantity, customer, totalCents, status }) =>
      element("li", `#${id}: ${quantity} for ${customer}, ${euros(totalCents)}, ${status}`),
    ),
  );
}

const refresh = () =>
  Promise.all([showProducts(), showOrders()]).catch((error) => {
    byId("connection").textContent = error.message;
  });

function listen() {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/events`);
  socket.addEventListener("open", () => {
    byId("connection").textContent = "live";
    refresh();
  });
  socket.addEventListener("message", refresh);
  socket.addEventListener("close", () => {
    byId("connection").textContent = "connection lost, trying again …";
    setTimeout(listen, 1000);
  });
}

listen();
